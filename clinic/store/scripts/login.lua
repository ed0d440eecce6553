#!lua flags=allow-oom
-- Login: take the turn at logging in at the relay, or keep everybody from it for a while.
-- KEYS  1 login  2 stranded  3 relay answered
-- ARGV  1 "trying" or "refused"  2 for how long, ms  3 how much longer a refusal is remembered, ms
-- Gives 0 where it is taken, or for "trying" the ms until one may ask again
if ARGV[1] == 'refused' then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2] + ARGV[3])
  -- It can be reached, whatever it says.
  if redis.call('EXISTS', KEYS[2]) == 1 then redis.call('SET', KEYS[3], 1) end
  return 0
end
local state, left = redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])
if state == 'refused' then left = left - ARGV[3] end
if state and left > 0 then return left end
-- Until the relay has let somebody in, it is one that refused us.
redis.call('SET', KEYS[1], state == 'refused' and 'again' or ARGV[1], 'PX', ARGV[2])
return 0

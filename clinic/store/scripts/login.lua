#!lua flags=allow-oom
-- Login: take the turn at logging in at the relay, or keep everybody from it for a while.
-- KEYS  1 login
-- ARGV  1 "trying" or "refused"  2 for how long, ms
-- Gives 0 where it is taken, or for "trying" the ms until one may ask again
if ARGV[1] == 'refused' then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 0
end
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 0 end
return math.max(1, redis.call('PTTL', KEYS[1]))

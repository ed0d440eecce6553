#!lua flags=allow-oom
-- Replay: a delivery that failed or is in doubt is due once more, or is seen to by staff and no more to do.
-- What chases a patient who has been contacted is not due again: nobody has to see to it.
-- KEYS  1 deliveries  2 diary  3 attention  4 acts  5 counts  6 contacted
-- ARGV  1 reference  2 now, ms ('' = the server's clock)  3 name  4 start of its lane  5 "replayed" or "resolved"
--       6 who wants it, sealed
-- Gives 1, 0 where it neither failed nor is in doubt, -1 where it chases who has been contacted
local state, token, rest = string.match(redis.call('HGET', KEYS[1], ARGV[3]) or '', '^(%S+) (%d+) (%d+ %d+ %d+) %S+$')
if state ~= 'failed' and state ~= 'in_doubt' then return 0 end
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or time[1] * 1000 + math.floor(time[2] / 1000)
local member = ARGV[1] .. '/' .. ARGV[3]
redis.call('ZREM', KEYS[3], member)
local chases = string.match(ARGV[3], '^reminder%-') or string.match(ARGV[3], '^escalation%-')
if chases and ARGV[5] == 'replayed' and redis.call('ZSCORE', KEYS[6], ARGV[1]) then
  if state == 'failed' then
    redis.call('HSET', KEYS[1], ARGV[3], string.format('suppressed %d %s contacted', token + 1, rest))
  end
  return -1
end
if ARGV[5] == 'replayed' then
  redis.call('HSET', KEYS[1], ARGV[3], string.format('due %d 0 0 0 replayed', token + 1))
  redis.call('ZADD', KEYS[2], string.format('%.0f', ARGV[4] + now), member)
else
  redis.call('HSET', KEYS[1], ARGV[3], string.format('suppressed %d %s resolved', token + 1, rest))
end
redis.call('RPUSH', KEYS[4], string.format('%.0f', now) .. ' ' .. ARGV[5] .. ' ' .. ARGV[6])
redis.call('HINCRBY', KEYS[5], ARGV[5], 1)
return 1

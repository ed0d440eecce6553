#!lua flags=allow-oom
-- Beat: a worker process lives, and has got so far; whoever was not seen for long is forgotten.
-- KEYS  1 workers  2 progress
-- ARGV  1 process  2 now, ms ('' = the server's clock)  3 deliveries it settled  4 when the last, ms  5 forgotten after, ms
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or time[1] * 1000 + math.floor(time[2] / 1000)
for _, gone in ipairs(redis.call('ZRANGE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[5]), 'BYSCORE')) do
  redis.call('ZREM', KEYS[1], gone)
  redis.call('HDEL', KEYS[2], gone)
end
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3] .. ' ' .. ARGV[4])
return 1

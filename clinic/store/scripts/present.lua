#!lua flags=allow-oom
-- Present: an intake is there, also where the server is full, for it still tells visitors whom to phone; one that was
-- not there for long was stopped on purpose, and is forgotten.
-- KEYS  1 intakes
-- ARGV  1 process  2 forgotten after, ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[2]))
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
return 1

#!lua flags=allow-oom
-- Errand: every so often a delivery to nobody is due: the canary, which shows a standstill, and the purge.
-- KEYS  1 deliveries of the errand  2 diary  3 when it was last due
-- ARGV  1 now, ms ('' = the server's clock)  2 ms between two  3 start of its lane  4 its name
-- Gives 1 where it is due now
local time = redis.call('TIME')
local now = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
-- A clock that was set back must not put off the next.
if math.abs(now - (redis.call('GET', KEYS[3]) or 0)) < tonumber(ARGV[2]) then return 0 end
-- One that is still under way is waited for: that a canary does not come back is what it is for.
local state, token = string.match(redis.call('HGET', KEYS[1], ARGV[4]) or '', '^(%S+) (%d+) ')
if state == 'due' or state == 'sending' then return 0 end
redis.call('SET', KEYS[3], string.format('%.0f', now))
redis.call('HSET', KEYS[1], ARGV[4], string.format('due %d 0 0 0 -', (token or 0) + 1))
redis.call('ZADD', KEYS[2], string.format('%.0f', ARGV[3] + now), ARGV[4] .. '/' .. ARGV[4])
return 1

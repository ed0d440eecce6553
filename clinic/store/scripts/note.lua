#!lua flags=allow-oom
-- Note: staff write something down about an enquiry, and nothing else of it changes.
-- KEYS  1 enquiry  2 acts  3 counts
-- ARGV  1 now, ms ('' = the server's clock)  2 who writes and what, sealed
-- Gives 1, or 0 for no such enquiry
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local time = redis.call('TIME')
local now = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('RPUSH', KEYS[2], string.format('%.0f', now) .. ' noted ' .. ARGV[2])
redis.call('HINCRBY', KEYS[3], 'noted', 1)
return 1

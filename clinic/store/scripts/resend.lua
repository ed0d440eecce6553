#!lua flags=allow-oom
-- Resend: a confirmation that has ended, however it did, is due once more, as another mail than before.
-- KEYS  1 enquiry  2 deliveries  3 diary  4 attention  5 acts  6 counts
-- ARGV  1 reference  2 now, ms ('' = the server's clock)  3 who wants it, sealed  4 its name  5 start of its lane
-- Gives 1, or 0 where it is on its way or there is none
local state, token = string.match(redis.call('HGET', KEYS[2], ARGV[4]) or '', '^(%S+) (%d+) ')
if not state or state == 'due' or state == 'sending' or redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or time[1] * 1000 + math.floor(time[2] / 1000)
local member = ARGV[1] .. '/' .. ARGV[4]
redis.call('HSET', KEYS[2], ARGV[4], string.format('due %d 0 0 0 resent.%.0f', token + 1, now))
redis.call('ZADD', KEYS[3], string.format('%.0f', ARGV[5] + now), member)
redis.call('ZREM', KEYS[4], member)
redis.call('RPUSH', KEYS[5], string.format('%.0f', now) .. ' resent ' .. ARGV[3])
redis.call('HINCRBY', KEYS[6], 'resent', 1)
return 1

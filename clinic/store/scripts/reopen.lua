#!lua flags=allow-oom
-- Reopen: a patient was not contacted after all; the enquiry is to be answered again, and what chases it goes on.
-- What chases and is in doubt may have arrived: whether it goes again is for staff to say, as before the mark.
-- KEYS  1 contacted  2 deliveries  3 open  4 diary  5 acts  6 counts  7 attention
-- ARGV  1 reference  2 now, ms ('' = the server's clock)  3 who says so, sealed  4 start of the lane
--       5 when a reply is due, ms  6 when reception is reminded, ms  7 when it is escalated, ms (0 = now, for each)
-- Gives 1, or 0 where it is not marked as contacted
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or time[1] * 1000 + math.floor(time[2] / 1000)
local reply_by = ARGV[5] == '0' and now or tonumber(ARGV[5])
redis.call('ZADD', KEYS[3], string.format('%.0f', reply_by), ARGV[1])
local times = {reminder = tonumber(ARGV[6]), escalation = tonumber(ARGV[7])}
local entries = redis.call('HGETALL', KEYS[2])
for i = 1, #entries, 2 do
  local name, entry = entries[i], entries[i + 1]
  local time, token = times[string.match(name, '^%l+')], string.match(entry, '^suppressed (%d+) %d+ %d+ %d+ contacted$')
  if time and token then
    redis.call('HSET', KEYS[2], name, string.format('due %d 0 0 0 reopened', token + 1))
    redis.call('ZADD', KEYS[4], string.format('%.0f', ARGV[4] + math.max(time, now)), ARGV[1] .. '/' .. name)
  elseif time and string.match(entry, '^in_doubt ') then
    redis.call('ZADD', KEYS[7], string.format('%.0f', now), ARGV[1] .. '/' .. name)
  end
end
redis.call('RPUSH', KEYS[5], string.format('%.0f', now) .. ' reopened ' .. ARGV[3])
redis.call('HINCRBY', KEYS[6], 'reopened', 1)
return 1

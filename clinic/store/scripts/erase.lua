#!lua flags=allow-oom
-- Erase: forget what a patient wrote, and stop what is still to be sent; what is kept says nothing of a person.
-- KEYS  1 enquiry  2 deliveries  3 diary  4 attention  5 open  6 contacted  7 quarantined  8 stranded  9 acts  10 counts
--       11 retrying  12 rewrite
-- ARGV  1 reference  2 now, ms ('' = the server's clock)  3 who wants it, sealed
-- Gives 1, or 0 for no such enquiry
if redis.call('DEL', KEYS[1]) == 0 then return 0 end
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or time[1] * 1000 + math.floor(time[2] / 1000)
local entries = redis.call('HGETALL', KEYS[2])
for i = 1, #entries, 2 do
  local name, entry = entries[i], entries[i + 1]
  local state, token, rest = string.match(entry, '^(%S+) (%d+) (%d+ %d+ %d+) %S+$')
  if state == 'due' or state == 'sending' then
    redis.call('HSET', KEYS[2], name, string.format('suppressed %d %s erased', token + 1, rest))
  end
  local member = ARGV[1] .. '/' .. name
  redis.call('ZREM', KEYS[3], member)
  redis.call('ZREM', KEYS[4], member)
  redis.call('ZREM', KEYS[8], member)
  redis.call('ZREM', KEYS[11], member)
end
for key = 5, 7 do redis.call('ZREM', KEYS[key], ARGV[1]) end
-- Notes may speak of the patient: who did what before goes too.
redis.call('SET', KEYS[12], 1)
redis.call('DEL', KEYS[9])
redis.call('RPUSH', KEYS[9], string.format('%.0f', now) .. ' erased ' .. ARGV[3])
redis.call('HINCRBY', KEYS[10], 'erased', 1)
return 1

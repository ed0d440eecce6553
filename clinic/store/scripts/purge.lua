#!lua flags=allow-oom
-- Purge: forget an enquiry whose time is over, unless something of it is still to be sent or seen to.
-- KEYS  1 enquiry  2 deliveries  3 contacted  4 quarantined  5 attention  6 acts  7 counts  8 open  9 announced
--       10 rewrite
-- ARGV  1 reference  2 now, ms ('' = the server's clock)  3 how long it is kept once it was contacted, ms
--       4 before when it was set aside, ms, where it was not contacted
-- Gives 1, or 0 where it must stay
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or time[1] * 1000 + math.floor(time[2] / 1000)
local contacted, aside = redis.call('ZSCORE', KEYS[3], ARGV[1]), redis.call('ZSCORE', KEYS[4], ARGV[1])
if contacted then
  if contacted + ARGV[3] >= now then return 0 end
elseif not aside or tonumber(aside) >= tonumber(ARGV[4]) then
  return 0
end
local entries = redis.call('HGETALL', KEYS[2])
for i = 1, #entries, 2 do
  local state = string.match(entries[i + 1], '^(%S+)')
  if state == 'due' or state == 'sending' then return 0 end
  if redis.call('ZSCORE', KEYS[5], ARGV[1] .. '/' .. entries[i]) then return 0 end
end
redis.call('DEL', KEYS[1], KEYS[2], KEYS[6])
for key = 3, 4 do redis.call('ZREM', KEYS[key], ARGV[1]) end
redis.call('ZREM', KEYS[8], ARGV[1])
redis.call('ZREM', KEYS[9], ARGV[1])
redis.call('SET', KEYS[10], 1)
redis.call('HINCRBY', KEYS[7], 'purged', 1)
return 1

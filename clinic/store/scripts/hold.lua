#!lua flags=allow-oom
-- Hold: prolong the lease of claims that are still ours, and mark those whose mail is about to leave as sending.
-- KEYS  1 diary
-- ARGV  1 lease, ms  2 now, ms ('' = the server's clock), then for each: start of its lane, reference, name, token,
--       state to store ('due' or 'sending')
-- Gives 1 for each that is ours, 0 for each that is not
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or time[1] * 1000 + math.floor(time[2] / 1000)
local held = {}
for i = 3, #ARGV, 5 do
  local reference, name, ours, wanted = ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local entry = redis.call('HGET', 'deliveries:' .. reference, name)
  local state, token, rest = string.match(entry or '', '^(%S+) (%d+) (.+)$')
  if token == ours and (state == 'due' or state == 'sending') then
    if wanted == 'sending' and state == 'due' then
      redis.call('HSET', 'deliveries:' .. reference, name, 'sending ' .. token .. ' ' .. rest)
    end
    redis.call('ZADD', KEYS[1], 'XX', string.format('%.0f', ARGV[i] + now + ARGV[1]), reference .. '/' .. name)
    held[#held + 1] = 1
  else
    held[#held + 1] = 0
  end
end
return held

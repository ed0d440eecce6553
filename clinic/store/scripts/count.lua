#!lua flags=allow-oom
-- Count: one more from each side that has not reached its limit.
-- ARGV  1 now, ms ('' = the server's clock), then the sides, as accept.lua takes them; all are of one stage here
-- Writes limit:<name>, a list of when the last were counted, ms since 1970, the newest first.
-- Gives 1, or 0 where a side is beyond its limit
local time = redis.call('TIME')
local now = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
local within = 1
for i = 2, #ARGV do
  local key, full, keep, life = 'limit:' .. string.sub(ARGV[i], 2, 17), false, 0, 0
  for most, ms in string.gmatch(string.sub(ARGV[i], 18), '(%d+) (%d+)') do
    local oldest = redis.call('LINDEX', key, most - 1)
    full = full or (oldest and now - oldest < tonumber(ms))
    keep, life = math.max(keep, most), math.max(life, ms)
  end
  if full then
    within = 0
  else
    redis.call('LPUSH', key, string.format('%.0f', now))
    redis.call('LTRIM', key, 0, keep - 1)
    redis.call('PEXPIRE', key, life)
  end
end
return within

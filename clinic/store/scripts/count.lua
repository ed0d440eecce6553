#!lua flags=allow-oom
-- Count: one more from each side, stage by stage; where a limit of a stage is exceeded, later stages are not counted.
-- ARGV  1 now, ms ('' = the server's clock), then the sides, as accept.lua takes them and counts them too
-- Writes limit:<name>, a list of when the last were counted, ms since 1970, the newest first.
-- Gives the number of the first side that is beyond its limit, or 0
local time = redis.call('TIME')
local now = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
local exceeded, stopped = 0, nil
for i = 2, #ARGV do
  local stage, key = string.sub(ARGV[i], 1, 1), 'limit:' .. string.sub(ARGV[i], 2, 17)
  if stopped and stage ~= stopped then break end
  local full, keep, life = false, 0, 0
  for most, ms in string.gmatch(string.sub(ARGV[i], 18), '(%d+) (%d+)') do
    local oldest = redis.call('LINDEX', key, most - 1)
    full = full or (oldest and now - oldest < tonumber(ms))
    keep, life = math.max(keep, most), math.max(life, ms)
  end
  if full then
    if exceeded == 0 then exceeded = i - 1 end
    stopped = stage
  else
    redis.call('LPUSH', key, string.format('%.0f', now))
    redis.call('LTRIM', key, 0, keep - 1)
    redis.call('PEXPIRE', key, life)
  end
end
return exceeded

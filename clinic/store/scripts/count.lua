#!lua flags=allow-oom
-- Count: one more under each limit, stage by stage; where a stage is exceeded, the stages after it are not counted.
-- KEYS  one for each limit: a list of when the last were counted, ms since 1970, the newest first
-- ARGV  1 now, ms ('' = the server's clock), then for each limit: its stage, how many, in how long (ms)
-- Gives the number of the first limit that is exceeded, or 0
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local exceeded, stopped = 0, nil
for i, key in ipairs(KEYS) do
  local stage, most, window = ARGV[3 * i - 1], ARGV[3 * i], ARGV[3 * i + 1]
  if stopped and stage ~= stopped then break end
  local oldest = redis.call('LINDEX', key, most - 1)
  if oldest and now - oldest < tonumber(window) then
    if exceeded == 0 then exceeded = i end
    stopped = stage
  else
    redis.call('LPUSH', key, string.format('%.0f', now))
    redis.call('LTRIM', key, 0, most - 1)
    redis.call('PEXPIRE', key, window)
  end
end
return exceeded

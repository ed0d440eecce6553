#!lua flags=allow-oom
-- Dispatch: one turn of whoever holds the dispatcher's lease: what is due and not yet claimed, lane by lane.
-- KEYS  1 dispatcher  2 diary  3 queue
-- ARGV  1 this process  2 lease, ms  3 now, ms ('' = the server's clock), then the start of each lane
-- Gives {leading (0 or 1), due, lateness of the oldest in ms, hints waiting, reference of the oldest or ''}
local holder = redis.call('GET', KEYS[1])
local hints = redis.call('LLEN', KEYS[3])
if holder and holder ~= ARGV[1] then return {0, 0, 0, hints, ''} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local now = tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local due, late, oldest = 0, 0, ''
for i = 4, #ARGV do
  local from, to = ARGV[i], string.format('%.0f', ARGV[i] + now)
  local count = redis.call('ZCOUNT', KEYS[2], from, to)
  if count > 0 then
    due = due + count
    local first = redis.call('ZRANGE', KEYS[2], from, to, 'BYSCORE', 'LIMIT', 0, 1, 'WITHSCORES')
    local its_late = ARGV[i] + now - first[2]
    if oldest == '' or its_late > late then
      late, oldest = its_late, string.match(first[1], '^(%w+)/')
    end
  end
end
return {1, due, math.floor(late), hints, oldest}

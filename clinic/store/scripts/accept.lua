#!lua
-- Accept: one enquiry becomes a record, its deliveries, their due times and a hint, or nothing at all.
-- KEYS  1 enquiry  2 deliveries  3 diary  4 facts  5 queue  6 counts  7 quarantined
--       8 open  9 announced  10 idempotency (only when a key was given)
-- ARGV  1 reference  2 sealed record  3 received_at, ms  4 hint  5 hints at most  6 body digest (16 bytes)
--       7 idempotency's life, ms  8 now, ms ('' = the server's clock)
--       9 digest it is on ('' = none)  10 its due time, ms  11 its deliveries, each name and the start of its lane
--       12 how much later a late digest is due, ms  13 whether it is quarantined (1 or 0)
--       14 when a reply is due, ms
--       15 single alerts at most (0 = no limit)  16 in how long, ms  17 how often a flood's list goes, ms
--       18 the list's deliveries, each name and the start of its lane
--       then for each delivery: name, state, start of its lane, due time in ms ('' = now), cause, announces (1 or 0)
-- Writes deliveries:<digest> and digest:<digest>, whose names are found here: one server, no cluster.
-- Gives {'accepted'} | {'repeated', reference, received_at} | {'conflict'} | {'facts'} | {'taken'}
if KEYS[10] then
  local seen = redis.call('GET', KEYS[10])
  if seen then
    if string.sub(seen, 1, 16) ~= ARGV[6] then return {'conflict'} end
    return {'repeated', string.sub(seen, 17, 24), string.sub(seen, 25)}
  end
end
if redis.call('EXISTS', KEYS[4]) == 0 then return {'facts'} end
if redis.call('EXISTS', KEYS[1]) == 1 then return {'taken'} end

local now = tonumber(ARGV[8])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
redis.call('SET', KEYS[1], ARGV[2])
local deliveries, diary, announced = {}, {}, nil
for i = 19, #ARGV, 6 do
  if ARGV[i + 1] == 'due' and ARGV[i + 5] == '1' then announced = tonumber(ARGV[i + 3]) or now end
end
local flooded = false
if announced and tonumber(ARGV[15]) > 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[9], '-inf', string.format('%.0f', now - ARGV[16]))
  local from, to = string.format('%.0f', announced - ARGV[16]), string.format('%.0f', announced + ARGV[16])
  flooded = redis.call('ZCOUNT', KEYS[9], '(' .. from, to) >= tonumber(ARGV[15])
  if not flooded then redis.call('ZADD', KEYS[9], string.format('%.0f', announced), ARGV[1]) end
end
for i = 19, #ARGV, 6 do
  local state, cause = ARGV[i + 1], ARGV[i + 4]
  if flooded and state == 'due' and ARGV[i + 5] == '1' then state, cause = 'suppressed', 'flooded' end
  if ARGV[i] == 'confirmation' and state == 'suppressed' then
    redis.call('HINCRBY', KEYS[6], 'withheld.' .. cause, 1)
  end
  deliveries[#deliveries + 1] = ARGV[i]
  deliveries[#deliveries + 1] = state .. ' 0 0 0 0 ' .. cause
  if state == 'due' then
    diary[#diary + 1] = string.format('%.0f', ARGV[i + 2] + (tonumber(ARGV[i + 3]) or now))
    diary[#diary + 1] = ARGV[1] .. '/' .. ARGV[i]
  end
end

-- Put the enquiry on a digest, made here if it is the first on it.
local function list_on(wanted, due, names)
  local digest, late = wanted, 0
  -- What was claimed is as it is: a second try must send the same bytes.
  local function begun()
    for name in string.gmatch(names, '(%S+) %d+') do
      local entry = redis.call('HGET', 'deliveries:' .. digest, name)
      if entry and entry ~= 'due 0 0 0 0 -' then return true end
    end
    return false
  end
  while begun() do
    late = late + 1
    digest, due = wanted .. 'L' .. late, now + ARGV[12]
  end
  redis.call('RPUSH', 'digest:' .. digest, ARGV[1])
  for name, lane in string.gmatch(names, '(%S+) (%d+)') do
    if redis.call('HSETNX', 'deliveries:' .. digest, name, 'due 0 0 0 0 -') == 1 then
      diary[#diary + 1] = string.format('%.0f', lane + due)
      diary[#diary + 1] = digest .. '/' .. name
    end
  end
end
if ARGV[9] ~= '' then list_on(ARGV[9], tonumber(ARGV[10]), ARGV[11]) end
if flooded then
  local due = (math.floor(announced / ARGV[17]) + 1) * ARGV[17]
  list_on(string.format('F%.0f', due), due, ARGV[18])
  redis.call('HINCRBY', KEYS[6], 'flooded', 1)
end
redis.call('HSET', KEYS[2], unpack(deliveries))
redis.call('ZADD', KEYS[8], ARGV[14], ARGV[1])
if #diary > 0 then redis.call('ZADD', KEYS[3], unpack(diary)) end
if ARGV[13] == '1' then
  redis.call('ZADD', KEYS[7], ARGV[3], ARGV[1])
  redis.call('HINCRBY', KEYS[6], 'quarantined', 1)
end
if KEYS[10] then redis.call('SET', KEYS[10], ARGV[6] .. ARGV[1] .. ARGV[3], 'PX', ARGV[7]) end
redis.call('HINCRBY', KEYS[6], 'accepted', 1)
if redis.call('LLEN', KEYS[5]) < tonumber(ARGV[5]) then redis.call('LPUSH', KEYS[5], ARGV[4]) end
return {'accepted'}

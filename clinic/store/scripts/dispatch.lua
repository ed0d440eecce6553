#!lua flags=allow-oom
-- Dispatch: one turn of whoever holds the dispatcher's lease: what is due and not yet claimed, lane by lane.
-- KEYS  1 dispatcher  2 diary  3 queue  4 stranded  5 relay answered  6 probed
-- ARGV  1 this process  2 lease, ms  3 now, ms ('' = the server's clock)  4 ms between probes of the relay
--       5 stranded deliveries to recall at most  6 what a lane is wide, then the start of each lane
-- Reads deliveries:<reference>, whose names only the diary knows: one server, no cluster.
-- Gives {leading (0 or 1), hints waiting, a reference of which something is due or ''}
local holder = redis.call('GET', KEYS[1])
local hints = redis.call('LLEN', KEYS[3])
if holder and holder ~= ARGV[1] then return {0, hints, ''} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
local time = redis.call('TIME')
local now = tonumber(ARGV[3]) or time[1] * 1000 + math.floor(time[2] / 1000)

-- A clock that was set back must not put off the next probe.
if redis.call('EXISTS', KEYS[4]) == 1
    and math.abs(now - (redis.call('GET', KEYS[6]) or 0)) >= tonumber(ARGV[4]) then
  redis.call('SET', KEYS[6], string.format('%.0f', now))
  local answered = redis.call('DEL', KEYS[5]) == 1
  local recalled = redis.call('ZRANGE', KEYS[4], 0, answered and ARGV[5] - 1 or 0)
  for i, member in ipairs(recalled) do
    local score = redis.call('ZSCORE', KEYS[2], member)
    local reference, name = string.match(member, '^(%w+)/(.+)$')
    -- One with a claim is being tried: its score is its lease, and it is nobody else's until that has run out.
    local at_rest = string.match(redis.call('HGET', 'deliveries:' .. reference, name) or '', '^due %d+ %d+ 0 ')
    if score and at_rest and score % ARGV[6] > now + i then
      redis.call('ZADD', KEYS[2], 'XX', string.format('%.0f', score - score % ARGV[6] + now + i - 1), member)
    end
    if answered or not score then redis.call('ZREM', KEYS[4], member) end
  end
end

for i = 7, #ARGV do
  local to = string.format('%.0f', ARGV[i] + now)
  local first = redis.call('ZRANGE', KEYS[2], ARGV[i], to, 'BYSCORE', 'LIMIT', 0, 1)[1]
  if first then return {1, hints, string.match(first, '^(%w+)/')} end
end
return {1, hints, ''}

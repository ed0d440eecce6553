#!lua flags=allow-oom
-- Contact: reception has reached a patient; nobody is reminded of the enquiry any more, nor has to see to a reminder.
-- KEYS  1 enquiry  2 deliveries  3 contacted  4 open  5 diary  6 acts  7 counts  8 retrying  9 attention
-- ARGV  1 reference  2 now, ms ('' = the server's clock)  3 who says so, sealed  4 whether a note is in that (1 or 0)
-- Gives 1 where it is marked now, 0 where it was before and at most the note is kept, -1 for no such enquiry
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or time[1] * 1000 + math.floor(time[2] / 1000)
local at = string.format('%.0f', now)
if redis.call('ZSCORE', KEYS[3], ARGV[1]) then
  if ARGV[4] == '1' then
    redis.call('RPUSH', KEYS[6], at .. ' noted ' .. ARGV[3])
    redis.call('HINCRBY', KEYS[7], 'noted', 1)
  end
  return 0
end
redis.call('ZADD', KEYS[3], at, ARGV[1])
redis.call('RPUSH', KEYS[6], at .. ' contacted ' .. ARGV[3])
redis.call('ZREM', KEYS[4], ARGV[1])
redis.call('HINCRBY', KEYS[7], 'contacted', 1)
local entries = redis.call('HGETALL', KEYS[2])
for i = 1, #entries, 2 do
  local name, entry = entries[i], entries[i + 1]
  local state, token, rest = string.match(entry, '^(%S+) (%d+) (%d+ %d+ %d+) %S+$')
  local chases = string.match(name, '^reminder%-') or string.match(name, '^escalation%-')
  if chases and (state == 'due' or state == 'sending' or state == 'failed') then
    -- Under a new token, so that an attempt that is under way finds it is no longer its own.
    redis.call('HSET', KEYS[2], name, string.format('suppressed %d %s contacted', token + 1, rest))
    redis.call('ZREM', KEYS[5], ARGV[1] .. '/' .. name)
    redis.call('ZREM', KEYS[8], ARGV[1] .. '/' .. name)
  end
  -- One in doubt stays so: it may have arrived.
  if chases then redis.call('ZREM', KEYS[9], ARGV[1] .. '/' .. name) end
end
return 1

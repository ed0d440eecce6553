#!lua flags=allow-oom
-- Release: an enquiry in quarantine was a patient's after all, so what was held back for it is due now.
-- KEYS  1 deliveries  2 diary  3 quarantined  4 counts  5 acts  6 contacted
-- ARGV  1 reference  2 now, ms ('' = the server's clock)  3 prefix of the causes that may be released
--       4 name of the confirmation  5 start of its lane  6 start of the lane of reception's mails
--       7 ms until reception is reminded  8 ms until it is escalated  9 who releases it, sealed
--       10 start of the lane of notices
-- Gives 1, or 0 for what is not in quarantine
if redis.call('ZREM', KEYS[3], ARGV[1]) == 0 then return 0 end
local time = redis.call('TIME')
local now = tonumber(ARGV[2]) or time[1] * 1000 + math.floor(time[2] / 1000)
-- Who has been contacted needs an alert for the record, and nobody to be reminded.
local contacted = redis.call('ZSCORE', KEYS[6], ARGV[1])
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
  local name, entry = entries[i], entries[i + 1]
  local token, rest, cause = string.match(entry, '^suppressed (%d+) (%d+ %d+ %d+) (%S+)$')
  local reminder, escalation = string.match(name, '^reminder%-'), string.match(name, '^escalation%-')
  local held = token and string.sub(cause, 1, #ARGV[3]) == ARGV[3]
  if held and contacted and (reminder or escalation) then
    redis.call('HSET', KEYS[1], name, string.format('suppressed %d %s contacted', token + 1, rest))
  elseif held then
    redis.call('HSET', KEYS[1], name, string.format('due %d %s released', token + 1, rest))
    local lane = name == ARGV[4] and ARGV[5] or string.match(name, '^notice%-') and ARGV[10] or ARGV[6]
    local wait = reminder and ARGV[7] or escalation and ARGV[8] or 0
    redis.call('ZADD', KEYS[2], string.format('%.0f', lane + now + wait), ARGV[1] .. '/' .. name)
  end
end
redis.call('RPUSH', KEYS[5], string.format('%.0f', now) .. ' released ' .. ARGV[9])
redis.call('HINCRBY', KEYS[4], 'released', 1)
return 1

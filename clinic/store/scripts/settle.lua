#!lua flags=allow-oom
-- Settle: store how attempts ended; a token that is no longer the newest, or an end that was stored, changes nothing.
-- KEYS  1 diary  2 attention  3 counts  4 stranded  5 relay answered  6 retrying  7 canary back
-- ARGV  1 now, ms ('' = the server's clock), then for each: start of its lane, reference, name, token, state, cause,
--       delay in ms, attempts to count (0 or 1), late without one (0 or 1), doubts to count (0 or 1), stranded (0, 1,
--       or '' = as it was), kind, follow-ups ('name lane' joined by ' '), cause of one that is new, category of the
--       cause, ms since it was first due ('' = not counted), the bucket of that
-- Gives 1 for each that was stored, 0 for each that was not
local time = redis.call('TIME')
local now = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
-- What goes through no relay says nothing of one.
local beside_mail = {canary = true, purge = true, notice = true}
local settled = {}
local stranded_before = redis.call('EXISTS', KEYS[4]) == 1
for i = 2, #ARGV, 17 do
  local lane, reference, name, ours, wanted, why = unpack(ARGV, i, i + 5)
  local delay, attempt, late, doubt, stranded, kind, follow_ups, because = unpack(ARGV, i + 6, i + 13)
  local category, took, bucket = unpack(ARGV, i + 14, i + 16)
  local key, member = 'deliveries:' .. reference, reference .. '/' .. name
  local state, token, attempts, _, doubts, before =
    string.match(redis.call('HGET', key, name) or '', '^(%S+) (%d+) (%d+) (%d+) (%d+) (%S+)$')
  if token == ours and (state == 'due' or state == 'sending') then
    redis.call('HSET', key, name,
      string.format('%s %d %d 0 %d %s', wanted, token, attempts + attempt, doubts + doubt, why))
    if stranded == '1' then
      redis.call('ZADD', KEYS[4], 'NX', string.format('%.0f', now), member)
    elseif stranded == '0' and stranded_before then
      redis.call('ZREM', KEYS[4], member)
      if wanted == 'sent' and not beside_mail[kind] then redis.call('SET', KEYS[5], 1) end
    end
    if kind == 'canary' and wanted == 'sent' then
      redis.call('SET', KEYS[7], string.format('%.0f', now))
    elseif attempt == '1' then
      redis.call('HINCRBY', KEYS[3], 'ended.' .. category, 1)
    end
    if wanted == 'due' and (attempt == '1' or late == '1') then
      redis.call('ZADD', KEYS[6], 'NX', string.format('%.0f', now), member)
    elseif wanted ~= 'due' and before ~= '-' or string.match(why, '%l+$') == 'closed' then
      -- What waits for the opening is late for nobody until then; staff may have asked for it ("replayed:closed").
      redis.call('ZREM', KEYS[6], member)
    end
    if took ~= '' then
      redis.call('HINCRBY', KEYS[3], kind .. '.took', took)
      redis.call('HINCRBY', KEYS[3], kind .. '.within.' .. bucket, 1)
    end
    if wanted == 'due' then
      redis.call('ZADD', KEYS[1], string.format('%.0f', lane + now + delay), member)
      if attempt == '1' then redis.call('HINCRBY', KEYS[3], kind .. '.retried', 1) end
    else
      redis.call('ZREM', KEYS[1], member)
      redis.call('HINCRBY', KEYS[3], kind .. '.' .. wanted, 1)
      if wanted == 'failed' or wanted == 'in_doubt' then
        redis.call('ZADD', KEYS[2], string.format('%.0f', now), member)
      end
    end
    for follow_up, its_lane in string.gmatch(follow_ups, '(%S+) (%d+)') do
      local its_state, its_token = string.match(redis.call('HGET', key, follow_up) or 'none 0 ', '^(%S+) (%d+) ')
      -- One that has ended told of the time before: it goes out again.
      if its_state ~= 'due' and its_state ~= 'sending' then
        local entry = 'due 0 0 0 0 ' .. because
        if its_state ~= 'none' then entry = string.format('due %d 0 0 0 again.%.0f', its_token + 1, now) end
        redis.call('HSET', key, follow_up, entry)
        redis.call('ZREM', KEYS[2], reference .. '/' .. follow_up)
        redis.call('ZADD', KEYS[1], string.format('%.0f', its_lane + now), reference .. '/' .. follow_up)
      end
    end
    settled[#settled + 1] = 1
  else
    settled[#settled + 1] = 0
  end
end
return settled

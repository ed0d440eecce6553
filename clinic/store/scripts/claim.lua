#!lua flags=allow-oom
-- Claim: take what is due in one lane, oldest first, each under a new token and a lease.
-- KEYS  1 diary
-- ARGV  1 start of the lane  2 at most  3 lease, ms  4 now, ms ('' = the server's clock)
--       5 claims without an end after which one is a suspect  6 whether a suspect may be taken (1 or 0)
--       then the kinds of deliveries that are known: what a later version made is left to workers of that version
-- Gives 1 when a suspect was held back, else 0; and a list of {reference, name, token, attempts, claims, doubts,
--       sealed record ('' when there is none), cause}
-- Reads deliveries:<reference> and enquiry:<reference>, whose names only the diary knows: one server, no cluster.
-- How many more are looked at where some of the first were not known.
local MORE = 1000
local time = redis.call('TIME')
local now = tonumber(ARGV[4]) or time[1] * 1000 + math.floor(time[2] / 1000)
local claimed, held_back, known = {}, 0, {}
for i = 7, #ARGV do known[ARGV[i]] = true end

-- Up to so many that are due and known, the oldest first.
local function first_due()
  local found, from, page = {}, 0, tonumber(ARGV[2])
  while page > 0 do
    local due = redis.call('ZRANGE', KEYS[1], ARGV[1], string.format('%.0f', ARGV[1] + now), 'BYSCORE',
      'LIMIT', from, page)
    for _, member in ipairs(due) do
      local kind = string.match(member, '/(%l+)$') or string.match(member, '/(%l+)%-%d+$')
      if known[kind or ''] then found[#found + 1] = member end
      if #found == tonumber(ARGV[2]) then return found end
    end
    if #due < page then return found end
    from, page = from + page, MORE
  end
  return found
end

for _, member in ipairs(first_due()) do
  local reference, name = string.match(member, '^(%w+)/(.+)$')
  local entry = redis.call('HGET', 'deliveries:' .. reference, name)
  local state, token, attempts, claims, doubts, cause =
    string.match(entry or '', '^(%S+) (%d+) (%d+) (%d+) (%d+) (%S+)$')
  if state ~= 'due' and state ~= 'sending' then
    redis.call('ZREM', KEYS[1], member)
  else
    local suspect = tonumber(claims) >= tonumber(ARGV[5])
    if suspect and (#claimed > 0 or ARGV[6] == '0') then
      held_back = 1
      break
    end
    token, claims = token + 1, claims + 1
    if state == 'sending' then doubts = doubts + 1 end
    redis.call('HSET', 'deliveries:' .. reference, name,
      string.format('due %d %d %d %d %s', token, attempts, claims, doubts, cause))
    redis.call('ZADD', KEYS[1], string.format('%.0f', ARGV[1] + now + ARGV[3]), member)
    claimed[#claimed + 1] = {reference, name, token, tonumber(attempts), claims, tonumber(doubts),
      redis.call('GET', 'enquiry:' .. reference) or '', cause}
    if suspect then break end
  end
end
return {held_back, claimed}

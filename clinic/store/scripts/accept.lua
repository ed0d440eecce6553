#!lua
-- Accept: each enquiry becomes a record, its deliveries and their due times, or nothing at all; one hint is for all.
-- KEYS  1 diary  2 queue  3 counts  4 quarantined  5 open  6 announced
-- ARGV  1 now, ms ('' = the server's clock)  2 hint  3 hints at most  4 idempotency's life, ms
--       5 how much later a late digest is due, ms
--       then for each enquiry: reference, received_at in ms, sealed record, plan, idempotency key ('' = none), body
--       digest (of both 16 bytes under each secret, the newest first), number of its sides, and these: a digit for the
--       stage, 16 bytes for the name, and for each window 'most ms'
-- A plan is JSON: `facts`, `reply_by`, `quarantined`, `listed` (on one digest at most), `deliveries` as [name, state,
-- start of its lane, due (0 = now), cause, announces], and where there is one `digest`, `flood`; these have
-- `deliveries` as [name, lane].
-- Writes enquiry:, deliveries:, idempotency:, digest: and limit:, whose names are found here: one server, no cluster.
-- Gives for each: 'accepted' | 'repeated <reference> <received>' | 'conflict' | 'facts', and then nothing was counted
--       | 'taken' | 'limit <number of the first side that is exceeded>', and then it was counted and is not written
local time = redis.call('TIME')
local now = tonumber(ARGV[1]) or time[1] * 1000 + math.floor(time[2] / 1000)
local function whole(number) return string.format('%.0f', number) end
local added, diary, open, plans, limits, rules, forgotten = {}, {}, {}, {}, {}, {}, false

local function count(name, by) added[name] = (added[name] or 0) + by end

-- Few that come at once differ in their plan.
local function plan_of(text)
  local plan = plans[text]
  if plan then return plan end
  plan = cjson.decode(text)
  plans[text] = plan
  plan.known = redis.call('EXISTS', 'facts:' .. plan.facts) == 1
  plan.entries, plan.due = {}, {}
  for _, delivery in ipairs(plan.deliveries) do
    local name, state, lane, due, cause, announces = unpack(delivery)
    if due == 0 then due = now end
    plan.entries[#plan.entries + 1] = name
    plan.entries[#plan.entries + 1] = state .. ' 0 0 0 0 ' .. cause
    if name == 'confirmation' and state == 'suppressed' then plan.withheld = cause end
    if state == 'due' then
      plan.due[#plan.due + 1] = {whole(lane + due), '/' .. name, announces}
      if announces then plan.announced = due end
    end
  end
  return plan
end

local function rule_of(text)
  local rule = rules[text]
  if rule then return rule end
  rule = {most = 0, life = 0}
  for most, ms in string.gmatch(text, '(%d+) (%d+)') do
    rule[#rule + 1] = {tonumber(most), tonumber(ms)}
    rule.most, rule.life = math.max(rule.most, most), math.max(rule.life, ms)
  end
  rules[text] = rule
  return rule
end

-- Whether as many were counted as a window allows; `new` are those of this call, not written yet.
local function is_full(name, limit, most, ms)
  if limit.held + limit.new < most then return false end
  return limit.new >= most or now - redis.call('LINDEX', name, most - 1 - limit.new) < ms
end

-- Count one more under each limit, stage by stage; after a stage that is exceeded the others are not counted.
local function first_exceeded(from, to)
  local exceeded, stopped
  for i = from, to do
    local stage, name, rule = string.sub(ARGV[i], 1, 1), string.sub(ARGV[i], 2, 17), rule_of(string.sub(ARGV[i], 18))
    if stopped and stage ~= stopped then break end
    name = 'limit:' .. name
    local limit, full = limits[name], false
    if not limit then
      limit = {held = redis.call('LLEN', name), new = 0, rule = rule}
      limits[name] = limit
    end
    for _, window in ipairs(rule) do full = full or is_full(name, limit, window[1], window[2]) end
    if full then
      exceeded, stopped = exceeded or i - from + 1, stage
    else
      limit.new = limit.new + 1
    end
  end
  return exceeded
end

-- Put an enquiry on a digest, made here if it is the first on it; on the next of its name where it is full or begun.
local function list_on(wanted, due, deliveries, reference, listed)
  local digest, late = wanted, 0
  -- What was claimed is as it is: a second try must send the same bytes.
  local function begun()
    for _, delivery in ipairs(deliveries) do
      local entry = redis.call('HGET', 'deliveries:' .. digest, delivery[1])
      if entry and entry ~= 'due 0 0 0 0 -' then return true end
    end
    return false
  end
  while redis.call('LLEN', 'digest:' .. digest) >= listed or begun() do
    late = late + 1
    digest = wanted .. 'L' .. late
  end
  if late > 0 then due = math.max(due, now + ARGV[5]) end
  redis.call('RPUSH', 'digest:' .. digest, reference)
  for _, delivery in ipairs(deliveries) do
    if redis.call('HSETNX', 'deliveries:' .. digest, delivery[1], 'due 0 0 0 0 -') == 1 then
      diary[#diary + 1] = whole(delivery[2] + due)
      diary[#diary + 1] = digest .. '/' .. delivery[1]
    end
  end
end

-- Whether so many came lately to be announced one by one that a list does it instead. When that is due says nothing:
-- all that is held until an opening is due at once, and one by one it tells more than a list.
local function is_flood(plan, reference)
  if not plan.flood or not plan.announced then return false end
  local flood = plan.flood
  if not forgotten then redis.call('ZREMRANGEBYSCORE', KEYS[6], '-inf', whole(now - flood.within)) end
  forgotten = true
  local from, to = '(' .. whole(now - flood.within), whole(now + flood.within)
  if redis.call('ZCOUNT', KEYS[6], from, to) >= flood.most then return true end
  redis.call('ZADD', KEYS[6], whole(now), reference)
  return false
end

local function write(reference, received, plan)
  local flooded = is_flood(plan, reference)
  local entries = plan.entries
  if flooded then
    entries = {unpack(entries)}
    for i, delivery in ipairs(plan.deliveries) do
      if delivery[2] == 'due' and delivery[6] then entries[2 * i] = 'suppressed 0 0 0 0 flooded' end
    end
    local due = (math.floor(plan.announced / plan.flood.every) + 1) * plan.flood.every
    list_on('F' .. whole(due), due, plan.flood.deliveries, reference, plan.listed)
    count('flooded', 1)
  end
  redis.call('HSET', 'deliveries:' .. reference, unpack(entries))
  for _, due in ipairs(plan.due) do
    if not (flooded and due[3]) then
      diary[#diary + 1] = due[1]
      diary[#diary + 1] = reference .. due[2]
    end
  end
  if plan.digest then list_on(plan.digest.name, plan.digest.due, plan.digest.deliveries, reference, plan.listed) end
  if plan.quarantined then
    redis.call('ZADD', KEYS[4], received, reference)
    count('quarantined', 1)
  end
  if plan.withheld then count('withheld.' .. plan.withheld, 1) end
  open[#open + 1] = whole(plan.reply_by)
  open[#open + 1] = reference
  count('accepted', 1)
end

local function accept(i)
  local reference, received, sealed, plan, key, body, sides = unpack(ARGV, i, i + 6)
  plan = plan_of(plan)
  for at = 1, #key, 16 do
    local seen = redis.call('GET', 'idempotency:' .. string.sub(key, at, at + 15))
    -- One that was erased since is there no more, and whoever asks again is not told that we have it.
    if seen and redis.call('EXISTS', 'enquiry:' .. string.sub(seen, 17, 24)) == 1 then
      if string.sub(seen, 1, 16) ~= string.sub(body, at, at + 15) then return 'conflict' end
      return 'repeated ' .. string.sub(seen, 17, 24) .. ' ' .. string.sub(seen, 25)
    end
  end
  if not plan.known then return 'facts' end
  local exceeded = first_exceeded(i + 7, i + 6 + sides)
  if exceeded then return 'limit ' .. exceeded end
  if not redis.call('SET', 'enquiry:' .. reference, sealed, 'NX') then return 'taken' end
  write(reference, received, plan)
  if key ~= '' then
    local kept = string.sub(body, 1, 16) .. reference .. received
    redis.call('SET', 'idempotency:' .. string.sub(key, 1, 16), kept, 'PX', ARGV[4])
  end
  return 'accepted'
end

local answers, i = {}, 6
while i <= #ARGV do
  answers[#answers + 1] = accept(i)
  i = i + 7 + ARGV[i + 6]
end
for name, limit in pairs(limits) do
  if limit.new > 0 then
    local times, rule = {}, limit.rule
    for k = 1, math.min(limit.new, rule.most) do times[k] = whole(now) end
    if redis.call('LPUSH', name, unpack(times)) > rule.most then redis.call('LTRIM', name, 0, rule.most - 1) end
    redis.call('PEXPIRE', name, rule.life)
  end
end
-- A call takes few enquiries, but a clinic may have many addresses, and Lua puts only so many values in one call.
for from = 1, #diary, 2000 do redis.call('ZADD', KEYS[1], unpack(diary, from, math.min(from + 1999, #diary))) end
if #open > 0 then
  redis.call('ZADD', KEYS[5], unpack(open))
  if redis.call('LLEN', KEYS[2]) < tonumber(ARGV[3]) then redis.call('LPUSH', KEYS[2], ARGV[2]) end
end
for name, by in pairs(added) do redis.call('HINCRBY', KEYS[3], name, by) end
return answers

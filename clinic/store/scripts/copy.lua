#!lua flags=no-writes,allow-oom
-- Copy: keys as they stand, each with all that makes it whole, at one instant.
-- KEYS  1 diary  2 retrying  3 stranded  4 attention  5 open  6 contacted  7 quarantined  then those that were found
-- Reads enquiry:, deliveries:, acts: and digest: of the same reference: one server, no cluster.
-- Gives for each {its keys: name, dump, ms to live (0 = for ever) ..., its places: sorted set, member, score ...,
--       the names of its deliveries}; all are empty where it is gone, or comes with its deliveries
local TOGETHER = {'enquiry', 'deliveries', 'acts', 'digest'}
local is_part = {}
for _, kind in ipairs(TOGETHER) do is_part[kind] = true end
local dumps, places

local function dump(key)
  local found = redis.call('DUMP', key)
  if found then
    for _, each in ipairs({key, found, math.max(redis.call('PTTL', key), 0)}) do dumps[#dumps + 1] = each end
  end
end

local function place(member, from, to)
  for i = from, to do
    local score = redis.call('ZSCORE', KEYS[i], member)
    if score then
      for _, each in ipairs({KEYS[i], member, score}) do places[#places + 1] = each end
    end
  end
end

local copies = {}
for i = 8, #KEYS do
  dumps, places = {}, {}
  local names = {}
  local kind, reference = string.match(KEYS[i], '^(%l+):(.+)$')
  if not is_part[kind or ''] then
    dump(KEYS[i])
  elseif kind == 'deliveries' or redis.call('EXISTS', 'deliveries:' .. reference) == 0 then
    for _, part in ipairs(TOGETHER) do dump(part .. ':' .. reference) end
    place(reference, 5, 7)
    names = redis.call('HKEYS', 'deliveries:' .. reference)
    for _, name in ipairs(names) do place(reference .. '/' .. name, 1, 4) end
  end
  copies[#copies + 1] = {dumps, places, names}
end
return copies

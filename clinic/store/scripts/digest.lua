#!lua flags=allow-oom
-- Digest: that of an opening goes though nobody is on its list; one that is there already is left alone.
-- KEYS  1 deliveries of the digest  2 diary
-- ARGV  1 the digest  2 its due time, ms  3 its deliveries, each name and the start of its lane
-- Gives how many of its deliveries are new
local new = 0
for name, lane in string.gmatch(ARGV[3], '(%S+) (%d+)') do
  if redis.call('HSETNX', KEYS[1], name, 'due 0 0 0 0 -') == 1 then
    redis.call('ZADD', KEYS[2], string.format('%.0f', lane + ARGV[2]), ARGV[1] .. '/' .. name)
    new = new + 1
  end
end
return new

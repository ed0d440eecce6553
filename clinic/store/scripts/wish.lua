#!lua flags=allow-oom
-- Wish: what was erased is to leave the disk; how far that has come takes the place of what stood there, if it still
-- does. A server that is full takes it too: there most is erased.
-- KEYS  1 rewrite
-- ARGV  1 what stood there  2 what is to ('' = nothing any more)
-- Gives 1, or 0 where it is another by now
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2])
end
return 1

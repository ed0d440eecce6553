#!lua flags=allow-oom
-- Reseal: a record under a newer key takes the place of the old one, if that is still there.
-- KEYS  1 enquiry  2 rewrite
-- ARGV  1 the record as it was read  2 the record sealed anew
-- Gives 1, or 0 where it is another by now, or gone
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
-- The old secret may be known to somebody: what it sealed is not to stay in the file.
redis.call('SET', KEYS[2], 1)
return 1

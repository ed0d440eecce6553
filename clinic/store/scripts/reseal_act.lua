#!lua flags=allow-oom
-- Reseal an act: what staff did, under a newer key, takes the place of the old entry, if that is still there.
-- KEYS  1 acts  2 rewrite
-- ARGV  1 which of them, from 0  2 the entry as it was read  3 the entry sealed anew
-- Gives 1, or 0 where it is another by now, or gone
if redis.call('LINDEX', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('LSET', KEYS[1], ARGV[1], ARGV[3])
-- The old secret may be known to somebody: what it sealed is not to stay in the file.
redis.call('SET', KEYS[2], 1)
return 1

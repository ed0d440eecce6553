#!lua flags=allow-oom
-- Hint: queue a message that wakes a worker, also on a server that is full: what is due includes what frees it.
-- KEYS  1 queue
-- ARGV  1 the message
-- Gives how many hints wait
return redis.call('LPUSH', KEYS[1], ARGV[1])

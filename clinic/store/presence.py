"""Presence in the store: which intakes are there, by the server's own clock."""

from redis.asyncio import Redis

from clinic.store import keys
from clinic.store.connect import in_our_words, server_ms
from clinic.store.store import FORGOTTEN_MS


class Presence:
    """Says that one process is there; raises StoreUnavailable."""

    def __init__(self, redis: Redis, process: str) -> None:
        self._redis = redis
        self._process = process

    async def say(self) -> None:
        """Say that it is there now; whoever has not said so for long was stopped on purpose, and is forgotten."""
        with in_our_words():
            now = await server_ms(self._redis)
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.zremrangebyscore(keys.INTAKES, "-inf", now - FORGOTTEN_MS)
                pipe.zadd(keys.INTAKES, {self._process: now})
                await pipe.execute()

"""Presence in the store: which intakes are there, by the server's own clock."""

from redis.asyncio import Redis

from clinic.store import keys
from clinic.store.connect import in_our_words
from clinic.store.script import script
from clinic.store.store import FORGOTTEN_MS


class Presence:
    """Says that one process is there; raises StoreUnavailable."""

    def __init__(self, redis: Redis, process: str) -> None:
        self._present = script(redis, "present")
        self._process = process

    async def say(self) -> None:
        """Say that it is there now; whoever has not said so for long was stopped on purpose, and is forgotten."""
        with in_our_words():
            await self._present(keys=[keys.INTAKES], args=[self._process, FORGOTTEN_MS])

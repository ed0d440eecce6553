"""Logins at the relay: one process tries at a time, and after a refusal none for a while."""

from redis.asyncio import Redis

from clinic.store import keys
from clinic.store.connect import in_our_words
from clinic.store.script import script

# While a first login is under way the others wait for its result; a process killed in it costs them this long.
TURN_MS = 10_000
PAUSE_MS = 60_000
# Within that the next try begins, if there is anybody to make it: till then the login counts as refused.
REMEMBERED_MS = 15_000
KEYS = (keys.LOGIN, keys.STRANDED, keys.RELAY_ANSWERED)


class Logins:
    """Whose turn it is; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._script = script(redis, "login")

    async def turn(self) -> int:
        """Return 0 when this process may log in at the relay now, else the milliseconds until one may ask again."""
        with in_our_words():
            return int(await self._script(keys=KEYS, args=["trying", TURN_MS, REMEMBERED_MS]))

    async def refused(self) -> int:
        """Let nobody log in for PAUSE_MS, and return that."""
        with in_our_words():
            await self._script(keys=KEYS, args=["refused", PAUSE_MS, REMEMBERED_MS])
        return PAUSE_MS

    async def succeeded(self) -> None:
        """Let everybody log in."""
        with in_our_words():
            await self._redis.delete(keys.LOGIN)

"""The store as time empties it: what is over goes whole, unless something of it is still to be sent or seen to."""

import random
from collections.abc import Sequence
from typing import cast

from redis.asyncio import Redis

from clinic.clock import Clock, milliseconds
from clinic.delivery import State
from clinic.digest import digest_time
from clinic.store import keys
from clinic.store.connect import in_our_words, server_ms
from clinic.store.script import script, script_now
from clinic.store.words import Entry

# Purged in one go, and synced to disk together; whoever else asks the server meanwhile waits for milliseconds.
TOGETHER = 100


class Purging:
    """Forgets; raises StoreUnavailable."""

    def __init__(self, redis: Redis, clock: Clock | None = None) -> None:
        """Judge by the server's own clock, which dated what is judged, or by `clock` where one is given.

        The clock of one worker may be wrong, and what is purged is gone.
        """
        self._redis = redis
        self._clock = clock
        self._purge = script(redis, "purge")

    async def enquiries(self, kept_ms: int, at_most: int, aside_before_ms: int | None = None) -> int:
        """Forget what was contacted, or set aside, longer ago than that; look at `at_most` of each, return how many.

        What was set aside goes only if it was before `aside_before_ms`, where that is given.
        """
        contacted_before_ms = await self.now_ms() - kept_ms
        if aside_before_ms is None:
            aside_before_ms = contacted_before_ms
        gone = 0
        for name, before_ms in ((keys.CONTACTED, contacted_before_ms), (keys.QUARANTINED, aside_before_ms)):
            over = await self._over(name, before_ms, at_most)
            for start in range(0, len(over), TOGETHER):
                gone += await self._forget(over[start : start + TOGETHER], kept_ms, aside_before_ms)
        return gone

    async def digests(self, kept_ms: int) -> int:
        """Forget lists of digests that were due longer ago than that, with how they were sent; return how many."""
        gone = 0
        with in_our_words():
            before_ms = await self.now_ms() - kept_ms
            # One that nobody was on has deliveries and no list.
            async for key in self._redis.scan_iter("d*:[DF]*", count=1000):
                reference = key.decode().partition(":")[2]
                due = digest_time(reference)
                if due is None or milliseconds(due) >= before_ms:
                    continue
                entries = cast("list[bytes]", await self._redis.hvals(keys.DELIVERIES + reference))
                if all(Entry.read(entry).state in (State.SENT, State.SUPPRESSED) for entry in entries):
                    gone += await self._redis.delete(keys.DIGEST + reference, keys.DELIVERIES + reference) > 0
        return gone

    async def _over(self, name: str, before_ms: int, at_most: int) -> list[str]:
        """Return the references whose time is over, the oldest first.

        Where there are more, the first is drawn by lot, and the oldest follow the newest: what has to stay holds up
        what may go for a few turns and not for ever, and nobody has to remember how far the last turn came.
        """
        with in_our_words():
            over = await self._redis.zcount(name, "-inf", f"({before_ms}")
            if not over:
                return []
            first = random.randrange(over) if over > at_most else 0  # noqa: S311 - a turn, not a secret
            found = cast("list[bytes]", await self._redis.zrange(name, first, min(first + at_most, over) - 1))
            if len(found) < min(over, at_most):
                found += cast("list[bytes]", await self._redis.zrange(name, 0, at_most - len(found) - 1))
        return [reference.decode() for reference in found]

    async def _forget(self, references: Sequence[str], kept_ms: int, aside_before_ms: int) -> int:
        now = script_now(self._clock)
        with in_our_words():
            async with self._redis.pipeline(transaction=False) as pipe:
                for reference in references:
                    await self._purge(_keys(reference), [reference, now, kept_ms, aside_before_ms], client=pipe)
                return sum(await pipe.execute())

    async def now_ms(self) -> int:
        """Return now by the clock that judges."""
        return milliseconds(self._clock.now()) if self._clock else await server_ms(self._redis)


def _keys(reference: str) -> list[str]:
    """Return the keys of `purge.lua`."""
    names = [keys.ENQUIRY + reference, keys.DELIVERIES + reference, keys.CONTACTED, keys.QUARANTINED]
    return [*names, keys.ATTENTION, keys.ACTS + reference, keys.COUNTS, keys.OPEN, keys.ANNOUNCED, keys.REWRITE]

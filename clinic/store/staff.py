"""The store as staff change it: mark, reopen, release, erase and more; each one atomic script that keeps who did it."""

from collections.abc import AsyncIterator
from functools import partial
from typing import cast

from redis.asyncio import Redis

from clinic.clock import Clock
from clinic.delivery import DeliveryName, Kind, Lane
from clinic.screening import QUARANTINE
from clinic.store import keys
from clinic.store.connect import in_our_words
from clinic.store.lanes import start_of
from clinic.store.script import script, script_now
from clinic.store.words import Dues

# An enquiry that was released may be long overdue: whoever released it has so long to see to it.
REMINDED_AFTER_MS = 60 * 60 * 1000
ESCALATED_AFTER_MS = 2 * REMINDED_AFTER_MS


class Staff:
    """What staff may do to an enquiry; every verb raises StoreUnavailable."""

    def __init__(self, redis: Redis, clock: Clock | None = None) -> None:
        """Date what is done by the server's own clock, or by `clock` where one is given."""
        self._redis = redis
        self._now = partial(script_now, clock)
        self._release = script(redis, "release")
        self._contact = script(redis, "contact")
        self._note = script(redis, "note")
        self._reopen = script(redis, "reopen")
        self._resend = script(redis, "resend")
        self._erase = script(redis, "erase")
        self._replay = script(redis, "replay")
        self._reseal = script(redis, "reseal")
        self._reseal_act = script(redis, "reseal_act")

    async def quarantined(self, at_most: int) -> tuple[list[tuple[str, int]], int]:
        """Return what came into quarantine last, and how much is in it.

        Of each the reference and when it came, in ms since 1970; the last of all last.
        """
        with in_our_words():
            rows = await self._redis.zrange(keys.QUARANTINED, -at_most, -1, withscores=True)
            in_all = await self._redis.zcard(keys.QUARANTINED)
        found = [(reference.decode(), int(score)) for reference, score in cast("list[tuple[bytes, float]]", rows)]
        return found, in_all

    async def is_quarantined(self, reference: str) -> bool:
        """Return whether an enquiry is in quarantine."""
        with in_our_words():
            return await self._redis.zscore(keys.QUARANTINED, reference) is not None

    async def release(self, reference: str, act: bytes) -> bool:
        """Send what was held back for an enquiry in quarantine; False when it is not there."""
        names = [keys.DELIVERIES + reference, keys.DIARY, keys.QUARANTINED, keys.COUNTS, keys.ACTS + reference]
        names.append(keys.CONTACTED)
        confirmation = DeliveryName(Kind.CONFIRMATION)
        arguments = [reference, self._now(), QUARANTINE, str(confirmation)]
        arguments += [start_of(confirmation.lane), start_of(Lane.RECEPTION), REMINDED_AFTER_MS, ESCALATED_AFTER_MS]
        with in_our_words():
            return cast(int, await self._release(keys=names, args=[*arguments, act, start_of(Lane.CHANNEL)])) == 1

    async def mark_contacted(self, reference: str, act: bytes, *, noted: bool = False) -> bool | None:
        """Mark an enquiry as contacted: whether it was not before; None where there is no such enquiry.

        Where it was, an act in which something is `noted` is kept all the same.
        """
        names = [keys.ENQUIRY + reference, keys.DELIVERIES + reference, keys.CONTACTED, keys.OPEN, keys.DIARY]
        names += [keys.ACTS + reference, keys.COUNTS, keys.RETRYING, keys.ATTENTION]
        with in_our_words():
            answer = cast(int, await self._contact(keys=names, args=[reference, self._now(), act, int(noted)]))
        return None if answer < 0 else answer == 1

    async def note(self, reference: str, act: bytes) -> bool:
        """Write something down about an enquiry; False where there is none."""
        names = [keys.ENQUIRY + reference, keys.ACTS + reference, keys.COUNTS]
        with in_our_words():
            return cast(int, await self._note(keys=names, args=[self._now(), act])) == 1

    async def reopen(self, reference: str, dues: Dues, act: bytes) -> bool:
        """Take back that an enquiry was contacted, and have it chased again; False where it is not marked so."""
        names = [keys.CONTACTED, keys.DELIVERIES + reference, keys.OPEN, keys.DIARY, keys.ACTS + reference, keys.COUNTS]
        names.append(keys.ATTENTION)
        arguments = [reference, self._now(), act, start_of(Lane.RECEPTION), *dues]
        with in_our_words():
            return cast(int, await self._reopen(keys=names, args=arguments)) == 1

    async def resend(self, reference: str, act: bytes) -> bool:
        """Have the confirmation sent once more; False where it is on its way, or there is none."""
        names = [keys.ENQUIRY + reference, keys.DELIVERIES + reference, keys.DIARY, keys.ATTENTION]
        names += [keys.ACTS + reference, keys.COUNTS]
        confirmation = DeliveryName(Kind.CONFIRMATION)
        arguments = [reference, self._now(), act, str(confirmation), start_of(confirmation.lane)]
        with in_our_words():
            return cast(int, await self._resend(keys=names, args=arguments)) == 1

    async def erase(self, reference: str, act: bytes) -> bool:
        """Forget what a patient wrote and stop what is still to be sent; False where there is no such enquiry."""
        names = [keys.ENQUIRY + reference, keys.DELIVERIES + reference, keys.DIARY, keys.ATTENTION, keys.OPEN]
        names += [
            keys.CONTACTED,
            keys.QUARANTINED,
            keys.STRANDED,
            keys.ACTS + reference,
            keys.COUNTS,
            keys.RETRYING,
            keys.REWRITE,
        ]
        with in_our_words():
            return cast(int, await self._erase(keys=names, args=[reference, self._now(), act])) == 1

    async def replay(self, reference: str, name: DeliveryName, act: bytes) -> bool | None:
        """Have a delivery that failed or is in doubt sent once more; None where it neither did nor is.

        False for one that chases a patient who has been contacted: it is off the list instead.
        """
        return await self._seen_to(reference, name, "replayed", act)

    async def resolve(self, reference: str, name: DeliveryName, act: bytes) -> bool:
        """Take a delivery that failed or is in doubt off the list: somebody saw to it otherwise."""
        return await self._seen_to(reference, name, "resolved", act) is True

    async def _seen_to(self, reference: str, name: DeliveryName, what: str, act: bytes) -> bool | None:
        names = [keys.DELIVERIES + reference, keys.DIARY, keys.ATTENTION, keys.ACTS + reference, keys.COUNTS]
        names.append(keys.CONTACTED)
        arguments = [reference, self._now(), str(name), start_of(name.lane), what, act]
        with in_our_words():
            answer = cast(int, await self._replay(keys=names, args=arguments))
        return None if answer == 0 else answer == 1

    async def enquiries(self) -> AsyncIterator[str]:
        """Yield the reference of every enquiry there is."""
        with in_our_words():
            async for key in self._redis.scan_iter(keys.ENQUIRY + "*", count=1000):
                yield key.decode().removeprefix(keys.ENQUIRY)

    async def sealed(self, reference: str) -> bytes | None:
        """Return a record as it is sealed, or None."""
        with in_our_words():
            return cast("bytes | None", await self._redis.get(keys.ENQUIRY + reference))

    async def seal_anew(self, reference: str, old: bytes, new: bytes) -> bool:
        """Put a record in the place of an old one; False where that is there no more."""
        names = [keys.ENQUIRY + reference, keys.REWRITE]
        with in_our_words():
            return cast(int, await self._reseal(keys=names, args=[old, new])) == 1

    async def with_acts(self) -> AsyncIterator[str]:
        """Yield the reference of every enquiry with which staff did something."""
        with in_our_words():
            async for key in self._redis.scan_iter(keys.ACTS + "*", count=1000):
                yield key.decode().removeprefix(keys.ACTS)

    async def act_anew(self, reference: str, number: int, old: bytes, new: bytes) -> bool:
        """Put an act in the place of an old one; False where that is there no more."""
        names = [keys.ACTS + reference, keys.REWRITE]
        with in_our_words():
            return cast(int, await self._reseal_act(keys=names, args=[number, old, new])) == 1

    async def acts(self, reference: str) -> list[bytes]:
        """Return what staff did with an enquiry, in order, each "<when, ms> <act> <who, sealed>"."""
        with in_our_words():
            return cast("list[bytes]", await self._redis.lrange(keys.ACTS + reference, 0, -1))

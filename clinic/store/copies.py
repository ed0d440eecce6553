"""The store as a whole, for backups: every key as the server dumps it, and back into an empty server."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from redis.asyncio import Redis

from clinic.hint import QUEUE
from clinic.reference import parse_reference
from clinic.store import keys
from clinic.store.connect import in_our_words
from clinic.store.script import script

# What each enquiry stands on goes with it.
OF_ENQUIRIES = (keys.OPEN, keys.CONTACTED, keys.QUARANTINED)
OF_DELIVERIES = (keys.DIARY, keys.RETRYING, keys.STRANDED, keys.ATTENTION)
# Of no use in another server: who holds what lease now, who is alive, what a limit has counted.
PASSING = (QUEUE, keys.DISPATCHER, keys.LOGIN, keys.WORKERS, keys.PROGRESS, keys.PROBE, keys.REWRITE)
LEFT_OUT = tuple(name.encode() for name in (*OF_ENQUIRIES, *OF_DELIVERIES, *PASSING))
LIMITS = keys.LIMIT.encode()
# Copied in one call, for which whoever else asks the server waits a millisecond or two.
TOGETHER = 50
# Commands that leave in one write.
AT_ONCE = 500


class Key(NamedTuple):
    """One key: its value as `DUMP` gives it, and how long it lives in ms (0: for ever)."""

    name: bytes
    dump: bytes
    ttl_ms: int


class Place(NamedTuple):
    """Where something stands in a sorted set."""

    name: str
    member: str
    score: str


@dataclass(frozen=True, slots=True)
class Copy:
    """What belongs together, as it was at one instant; where it has `deliveries` it is all of `reference`."""

    keys: Sequence[Key]
    places: Sequence[Place]
    reference: str
    deliveries: Sequence[str]


class Copies:
    """Reads and writes whole keys; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._script = script(redis, "copy")

    async def all(self) -> AsyncIterator[Copy]:
        """Yield all that is worth keeping, with little of it in memory; an enquiry that comes meanwhile may be missing.

        Enquiries go first, so that the facts which they name, and the lists which announce them, are not older. What
        the server shows twice comes twice.
        """
        for of_enquiries in (True, False):
            async for some in self._found(of_enquiries=of_enquiries):
                with in_our_words():
                    rows = await self._script(keys=[*OF_DELIVERIES, *OF_ENQUIRIES, *some])
                for dumps, places, names in rows:
                    if dumps:
                        yield _copy(dumps, places, names)

    async def empty(self) -> bool:
        """Return whether the server holds no enquiry and no delivery."""
        with in_our_words():
            async for _ in self._redis.scan_iter(keys.DELIVERIES + "*", count=1000):
                return False
            return not await self._redis.exists(keys.DIARY)

    async def put(self, copies: Iterable[Copy]) -> None:
        """Write what was copied as it was; what was copied twice, as it was the second time."""
        with in_our_words():
            async with self._redis.pipeline(transaction=False) as pipe:
                for copy in copies:
                    if copy.reference:
                        pipe.delete(keys.ENQUIRY + copy.reference, keys.ACTS + copy.reference)
                        for name in OF_ENQUIRIES:
                            pipe.zrem(name, copy.reference)
                        for name in OF_DELIVERIES:
                            pipe.zrem(name, *(keys.member(copy.reference, delivery) for delivery in copy.deliveries))
                    for key in copy.keys:
                        pipe.restore(key.name, key.ttl_ms, key.dump, replace=True)
                    for place in copy.places:
                        pipe.zadd(place.name, {place.member: place.score})
                    if len(pipe) >= AT_ONCE:
                        await pipe.execute()
                await pipe.execute()

    async def _found(self, *, of_enquiries: bool) -> AsyncIterator[list[bytes]]:
        """Yield keys, TOGETHER at once: those of enquiries, or all others that are worth keeping."""
        some: list[bytes] = []
        with in_our_words():
            async for key in self._redis.scan_iter(count=1000):
                left_out = key in LEFT_OUT or key.startswith((LIMITS, b"_kombu", b"unacked"))
                if _of_an_enquiry(key) is of_enquiries and not left_out:
                    some.append(key)
                if len(some) == TOGETHER:
                    yield some
                    some = []
        if some:
            yield some


def _of_an_enquiry(key: bytes) -> bool:
    kind, colon, reference = key.decode(errors="replace").partition(":")
    return kind + colon in (keys.ENQUIRY, keys.DELIVERIES, keys.ACTS) and parse_reference(reference) is not None


def _copy(dumps: Sequence[Any], places: Sequence[bytes], deliveries: Sequence[bytes]) -> Copy:
    found = [Key(*dumps[at : at + 3]) for at in range(0, len(dumps), 3)]
    stands = [Place(*(word.decode() for word in places[at : at + 3])) for at in range(0, len(places), 3)]
    names = [key.name.decode(errors="replace") for key in found]
    wholes = [name.removeprefix(keys.DELIVERIES) for name in names if name.startswith(keys.DELIVERIES)]
    return Copy(found, stands, "".join(wholes), [name.decode() for name in deliveries])

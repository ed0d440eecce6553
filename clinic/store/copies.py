"""The store as a whole, for backups: every key as the server dumps it, and back into an empty server."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis

from clinic.delivery import DeliveryName
from clinic.hint import QUEUE
from clinic.reference import parse_reference
from clinic.store import keys
from clinic.store.connect import in_our_words, server_ms
from clinic.store.lanes import start_of
from clinic.store.words import Entry

# Of no use in another server: who holds what lease now, who is alive, what a limit has counted.
PASSING = (QUEUE, keys.DISPATCHER, keys.LOGIN, keys.WORKERS, keys.PROGRESS, keys.PROBE, keys.REWRITE)
LIMITS = keys.LIMIT.encode()


@dataclass(frozen=True, slots=True)
class Copy:
    """One key: its value as `DUMP` gives it, and how long it lives in ms (0: for ever)."""

    key: bytes
    dump: bytes
    ttl_ms: int


class Copies:
    """Reads and writes whole keys; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def all(self) -> AsyncIterator[Copy]:
        """Yield every key that is worth keeping: enquiries first, the diary after them.

        So what is settled meanwhile may stand as due and not in the diary, which `mend` makes good, and nothing is in
        the diary of which the rest is missing.
        """
        last = [name.encode() for name in (keys.DIARY, keys.ATTENTION, keys.OPEN, keys.CONTACTED, keys.QUARANTINED)]
        with in_our_words():
            seen: set[bytes] = set()
            async for key in self._redis.scan_iter(count=1000):
                passing = key.decode(errors="replace") in PASSING or key.startswith((LIMITS, b"_kombu", b"unacked"))
                if key in last or key in seen or passing:
                    continue
                seen.add(key)
                if copy := await self._copy(key):
                    yield copy
            for key in last:
                if copy := await self._copy(key):
                    yield copy

    async def empty(self) -> bool:
        """Return whether the server holds no enquiry and no delivery."""
        with in_our_words():
            async for _ in self._redis.scan_iter(keys.DELIVERIES + "*", count=1000):
                return False
            return not await self._redis.exists(keys.DIARY)

    async def put(self, copies: Iterable[Copy]) -> None:
        """Write keys as they were."""
        with in_our_words():
            for copy in copies:
                await self._redis.restore(copy.key, copy.ttl_ms, copy.dump, replace=True)

    async def mend(self) -> int:
        """Have every delivery that stands as due in the diary, and return for how many that was needed."""
        mended = 0
        with in_our_words():
            now = await server_ms(self._redis)
            async for key in self._redis.scan_iter(keys.DELIVERIES + "*", count=1000):
                reference = key.decode().removeprefix(keys.DELIVERIES)
                kept = cast("dict[bytes, bytes]", await self._redis.hgetall(key))
                entries = {name.decode(): Entry.read(entry) for name, entry in kept.items()}
                if await self._came_too_late(reference, entries):
                    await self._redis.delete(key)
                    await self._redis.zrem(keys.DIARY, *(keys.member(reference, name) for name in entries))
                    continue
                for name, entry in entries.items():
                    known = DeliveryName.known(name)
                    if known is not None and not entry.ended:
                        due = {keys.member(reference, name): start_of(known.lane) + now}
                        mended += cast(int, await self._redis.zadd(keys.DIARY, due, nx=True))
        return mended

    async def _came_too_late(self, reference: str, entries: Mapping[str, Entry]) -> bool:
        """Return whether an enquiry came while the backup was taken, so that its record is not in it."""
        due = not all(entry.ended for entry in entries.values())
        return due and parse_reference(reference) is not None and not await self._redis.exists(keys.ENQUIRY + reference)

    async def _copy(self, key: bytes) -> Copy | None:
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.dump(key)
            pipe.pttl(key)
            dump, ttl_ms = await pipe.execute()
        return Copy(key, dump, max(ttl_ms, 0)) if dump else None

"""What was not delivered: one by one for whoever sees to it, and how many stand where."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import NamedTuple, cast

from redis.asyncio import Redis

from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.store import keys
from clinic.store.connect import in_our_words, server_ms
from clinic.store.lanes import LANE_MS, start_of
from clinic.store.logins import PAUSE_MS
from clinic.store.reading import Standing
from clinic.store.words import GONE, Entry

PAGE = 10_000
# The causes of what nobody tried yet because its time is to come; any other says why a try came to nothing.
PLANNED = ("-", "closed", "released", "reopened")


class Unsent(NamedTuple):
    """A delivery that was not sent: where it stands or how it ended, why, and when that was, or is to be (ms)."""

    reference: str
    name: DeliveryName
    stands: str
    cause: str
    at_ms: int


class Undelivered:
    """Reads; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def failed(self, at_most: int) -> list[Unsent]:
        """Return what failed or is in doubt, the oldest first, with since when."""
        with in_our_words():
            rows = cast(
                "list[tuple[bytes, float]]",
                await self._redis.zrange(keys.ATTENTION, 0, at_most - 1, withscores=True),
            )
        found = []
        for member, since in rows:
            reference, named = keys.parts(member.decode())
            # What a later version made is for its own commands.
            if (name := DeliveryName.known(named)) is not None:
                entry = await self._entry(reference, named)
                found.append(Unsent(reference, name, entry.state, entry.cause, int(since)))
        return found

    async def waiting(self, at_most: int) -> list[Unsent]:
        """Return what waits, with when it is due or tried again.

        First what is due and unsent, then what is held; of each so many at most, the next first.
        """
        with in_our_words():
            now = await server_ms(self._redis)
            again = cast("list[bytes]", await self._redis.zrange(keys.RETRYING, 0, at_most - 1))
            tried = [member.decode() for member in again]
            scores = await self._redis.zmscore(keys.DIARY, tried) if tried else []
        times = {member: int(score) % LANE_MS for member, score in zip(tried, scores, strict=True) if score}
        for lane in Lane:
            with in_our_words():
                rows = await self._redis.zrange(
                    keys.DIARY,
                    start_of(lane),
                    start_of(lane) + LANE_MS - 1,
                    byscore=True,
                    offset=0,
                    num=at_most,
                    withscores=True,
                )
            found = cast("list[tuple[bytes, float]]", rows)
            times |= {member.decode(): int(score) - start_of(lane) for member, score in found}
        due: list[Unsent] = []
        held: list[Unsent] = []
        for member, at_ms in sorted(times.items(), key=lambda one: one[1]):
            reference, named = keys.parts(member)
            if (name := DeliveryName.known(named)) is not None and not name.kind.errand:
                entry = await self._entry(reference, named)
                stands = _stands(entry, at_ms - now)
                one = Unsent(reference, name, stands, entry.cause, at_ms)
                (held if stands == "held" else due).append(one)
        return due[:at_most] + held[:at_most]

    async def _entry(self, reference: str, name: str) -> Entry:
        with in_our_words():
            entry = cast("bytes | None", await self._redis.hget(keys.DELIVERIES + reference, name))
        return Entry.read(entry) if entry else GONE

    async def standing(self, now: int) -> Counter[tuple[Kind, Standing]]:
        """Return how many of each kind stand where, read page by page, so that a long diary holds up nobody."""
        found: Counter[tuple[Kind, Standing]] = Counter()
        soon: list[str] = []
        tried = {member async for member, _ in self._pages(keys.RETRYING)}
        async for member, score in self._pages(keys.DIARY):
            due_in = score % LANE_MS - now
            if 0 < due_in <= PAUSE_MS:
                # Held, a worker's, or waiting for a login: only its entry says which.
                soon.append(member)
            elif (known := _name(member)) is not None:
                found[known.kind, "due" if due_in <= 0 or member in tried else "held"] += 1
        async for kind, entry in self._entries(soon):
            found[kind, _stands(entry, 1)] += 1
        async for kind, entry in self._entries([member async for member, _ in self._pages(keys.ATTENTION)]):
            found[kind, "in_doubt" if entry.state == State.IN_DOUBT else "failed"] += 1
        return found

    async def _entries(self, members: list[str]) -> AsyncIterator[tuple[Kind, Entry]]:
        """Yield the kind and the entry of each, where it is there and of a kind we know."""
        for start in range(0, len(members), PAGE):
            some = members[start : start + PAGE]
            async with self._redis.pipeline(transaction=False) as pipe:
                for member in some:
                    reference, name = keys.parts(member)
                    pipe.hget(keys.DELIVERIES + reference, name)
                with in_our_words():
                    entries = cast("list[bytes | None]", await pipe.execute())
            for member, entry in zip(some, entries, strict=True):
                known = _name(member)
                if entry and known is not None:
                    yield known.kind, Entry.read(entry)

    async def _pages(self, name: str) -> AsyncIterator[tuple[str, int]]:
        start = 0
        while True:
            with in_our_words():
                rows = cast(
                    "list[tuple[bytes, float]]",
                    await self._redis.zrange(name, start, start + PAGE - 1, withscores=True),
                )
            for member, score in rows:
                yield member.decode(), int(score)
            if len(rows) < PAGE:
                return
            start += PAGE


def _stands(entry: Entry, due_in: int) -> Standing:
    """Return where a delivery stands that has not ended; what is tried again later has been due all the while."""
    if entry.claims and due_in > 0:
        return "sending"
    return "held" if due_in > 0 and entry.cause.rpartition(":")[2] in PLANNED else "due"


def _name(member: str) -> DeliveryName | None:
    return DeliveryName.known(keys.parts(member)[1])

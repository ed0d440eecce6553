"""What was not delivered: one by one for whoever sees to it, and how many stand where."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import cast

from redis.asyncio import Redis

from clinic.delivery import DeliveryName, Kind, Lane
from clinic.store import keys
from clinic.store.connect import in_our_words, server_ms
from clinic.store.lanes import LANE_MS, start_of
from clinic.store.reading import Standing
from clinic.store.store import LOGIN_PAUSE_MS

PAGE = 10_000
# The causes of what nobody tried yet because its time is to come; any other says why a try came to nothing.
PLANNED = ("-", "closed", "released", "reopened")
GONE = ("gone", "0", "0", "0", "0", "-")
Waiting = tuple[str, DeliveryName, Standing, str, int]


class Undelivered:
    """Reads; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def failed(self, at_most: int) -> list[tuple[str, DeliveryName, str, str, int]]:
        """Return what failed or is in doubt, the oldest first: reference, delivery, state, cause, since when (ms)."""
        with in_our_words():
            rows = cast(
                "list[tuple[bytes, float]]",
                await self._redis.zrange(keys.ATTENTION, 0, at_most - 1, withscores=True),
            )
        found = []
        for member, since in rows:
            # What a later version made is for its own commands.
            if (name := _name(member.decode())) is not None:
                reference = member.decode().partition("/")[0]
                entry = await self._entry(reference, str(name))
                found.append((reference, name, entry[0], entry[5], int(since)))
        return found

    async def waiting(self, at_most: int) -> list[Waiting]:
        """Return what waits: reference, delivery, where it stands, cause, when it is due or tried again (ms).

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
        due: list[Waiting] = []
        held: list[Waiting] = []
        for member, at_ms in sorted(times.items(), key=lambda one: one[1]):
            if (name := _name(member)) is not None and not name.kind.errand:
                reference = member.partition("/")[0]
                entry = await self._entry(reference, str(name))
                stands = _stands(entry, at_ms - now)
                (held if stands == "held" else due).append((reference, name, stands, entry[5], at_ms))
        return due[:at_most] + held[:at_most]

    async def _entry(self, reference: str, name: str) -> Sequence[str]:
        with in_our_words():
            entry = cast("bytes | None", await self._redis.hget(keys.DELIVERIES + reference, name))
        return entry.decode().split(" ") if entry else GONE

    async def standing(self, now: int) -> Counter[tuple[Kind, Standing]]:
        """Return how many of each kind stand where, read page by page, so that a long diary holds up nobody."""
        found: Counter[tuple[Kind, Standing]] = Counter()
        soon: list[str] = []
        tried = {member async for member, _ in self._pages(keys.RETRYING)}
        async for member, score in self._pages(keys.DIARY):
            due_in = score % LANE_MS - now
            if 0 < due_in <= LOGIN_PAUSE_MS:
                # Held, a worker's, or waiting for a login: only its entry says which.
                soon.append(member)
            elif (known := _name(member)) is not None:
                found[known.kind, "due" if due_in <= 0 or member in tried else "held"] += 1
        async for kind, entry in self._entries(soon):
            found[kind, _stands(entry, 1)] += 1
        async for kind, entry in self._entries([member async for member, _ in self._pages(keys.ATTENTION)]):
            found[kind, "in_doubt" if entry[0] == "in_doubt" else "failed"] += 1
        return found

    async def _entries(self, members: list[str]) -> AsyncIterator[tuple[Kind, list[str]]]:
        """Yield the kind and the words of the entry of each, where it is there and of a kind we know."""
        for start in range(0, len(members), PAGE):
            some = members[start : start + PAGE]
            async with self._redis.pipeline(transaction=False) as pipe:
                for member in some:
                    reference, _, name = member.partition("/")
                    pipe.hget(keys.DELIVERIES + reference, name)
                with in_our_words():
                    entries = cast("list[bytes | None]", await pipe.execute())
            for member, entry in zip(some, entries, strict=True):
                known = _name(member)
                if entry and known is not None:
                    yield known.kind, entry.decode().split(" ")

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


def _stands(entry: Sequence[str], due_in: int) -> Standing:
    """Return where a delivery stands that has not ended; what is tried again later has been due all the while."""
    if entry[3] != "0" and due_in > 0:
        return "sending"
    return "held" if due_in > 0 and entry[5].rpartition(":")[2] in PLANNED else "due"


def _name(member: str) -> DeliveryName | None:
    return DeliveryName.known(member.partition("/")[2])

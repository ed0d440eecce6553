"""The store as the desk reads it: which enquiries stand where, and all that is kept of one. It changes nothing."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, cast

from redis.asyncio import Redis

from clinic.clock import instant
from clinic.delivery import DeliveryName, Kind
from clinic.store import keys
from clinic.store.connect import in_our_words
from clinic.store.words import Entry

View = Literal["open", "overdue", "contacted", "quarantined", "failed"]
VIEWS: tuple[View, ...] = ("open", "overdue", "contacted", "quarantined", "failed")
# What was set aside has a promise too, and may be most of what there is: so many are looked through at once.
LOOKED_THROUGH = 1000
FIRST_ALERT = str(DeliveryName(Kind.ALERT))


class Files:
    """Reads; every verb raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def listed(self, view: View, now_ms: int, at_most: int, after: int = 0) -> list[str]:
        """Return the references in a view: what is due soonest first, what was done or failed last first.

        The first `after` of them are left out.
        """
        last = after + at_most - 1
        with in_our_words():
            match view:
                case "open":
                    return (await self._promised(f"({now_ms}", "+inf", after + at_most))[after:]
                case "overdue":
                    return (await self._promised("-inf", str(now_ms), after + at_most))[after:]
                case "contacted":
                    rows = await self._redis.zrange(keys.CONTACTED, after, last, desc=True)
                case "quarantined":
                    rows = await self._redis.zrange(keys.QUARANTINED, after, last, desc=True)
                case "failed":
                    rows = await self._redis.zrange(keys.ATTENTION, after, last, desc=True)
        return list(dict.fromkeys(keys.parts(row.decode())[0] for row in cast("list[bytes]", rows)))

    async def _promised(self, after: str, until: str, at_most: int) -> list[str]:
        """Return what a reply is due for between two instants, soonest first, none set aside, however many are."""
        found: list[str] = []
        for offset in itertools.count(0, LOOKED_THROUGH):
            rows = cast(
                "list[bytes]",
                await self._redis.zrange(keys.OPEN, after, until, byscore=True, offset=offset, num=LOOKED_THROUGH),
            )
            aside = await self._redis.zmscore(keys.QUARANTINED, cast("list[str]", rows)) if rows else []
            found += [row.decode() for row, score in zip(rows, aside, strict=True) if score is None]
            if len(rows) < LOOKED_THROUGH or len(found) >= at_most:
                break
        return found[:at_most]

    async def aside_since(self, after_ms: int, until_ms: int, at_most: int) -> tuple[list[str], int]:
        """Return the references of what was set aside between two instants, the latest first, and how many before."""
        with in_our_words():
            rows = await self._redis.zrange(
                keys.QUARANTINED, until_ms, after_ms, byscore=True, desc=True, offset=0, num=at_most
            )
            earlier = await self._redis.zcount(keys.QUARANTINED, "-inf", f"({after_ms}")
        return [row.decode() for row in cast("list[bytes]", rows)], earlier

    async def undeliverable(self, at_most: int) -> list[str]:
        """Return the references of patients who could not be emailed, and whom nobody has contacted, oldest first."""
        with in_our_words():
            rows = cast("list[bytes]", await self._redis.zrange(keys.ATTENTION, 0, -1))
            found = [keys.parts(row.decode())[0] for row in rows if row.endswith(b"/confirmation")]
        done = await self.contacted(found)
        return [reference for reference in found if reference not in done][:at_most]

    async def contacted(self, references: Sequence[str]) -> set[str]:
        """Return those of them that are marked as contacted."""
        if not references:
            return set()
        with in_our_words():
            scores = await self._redis.zmscore(keys.CONTACTED, list(references))
        return {reference for reference, score in zip(references, scores, strict=True) if score is not None}

    async def flooded(self, references: Sequence[str]) -> bool:
        """Return whether one of them is on the list of a flood, in place of an alert of its own."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for reference in references:
                pipe.hget(keys.DELIVERIES + reference, FIRST_ALERT)
            with in_our_words():
                entries = cast("list[bytes | None]", await pipe.execute())
        return any(entry is not None and Entry.read(entry).cause == "flooded" for entry in entries)

    async def contacts(self, at_most: int) -> dict[str, datetime]:
        """Return when each enquiry was marked as contacted, the latest first."""
        with in_our_words():
            rows = await self._redis.zrange(keys.CONTACTED, 0, at_most - 1, desc=True, withscores=True)
        return {reference.decode(): instant(int(score)) for reference, score in cast("list[tuple[bytes, float]]", rows)}

    async def waiting(self, at_most: int) -> list[str]:
        """Return the references of all that nobody has marked as contacted, what is due last first, none set aside."""
        with in_our_words():
            rows = await self._redis.zrange(keys.OPEN, 0, at_most - 1, desc=True)
            aside = await self._redis.zmscore(keys.QUARANTINED, cast("list[str]", rows)) if rows else []
        return [row.decode() for row, score in zip(cast("list[bytes]", rows), aside, strict=True) if score is None]

    async def counts(self, now_ms: int) -> dict[View, int]:
        """Return how many enquiries stand in each view; failed counts mails."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.zcount(keys.OPEN, f"({now_ms}", "+inf")
            pipe.zcount(keys.OPEN, "-inf", now_ms)
            for name in (keys.CONTACTED, keys.QUARANTINED, keys.ATTENTION):
                pipe.zcard(name)
            with in_our_words():
                coming, overdue, contacted, quarantined, failed = await pipe.execute()
        with in_our_words():
            aside = await self._redis.zinter([keys.OPEN, keys.QUARANTINED], aggregate="MIN", withscores=False)
            due = await self._redis.zmscore(keys.OPEN, cast("list[str]", aside)) if aside else []
        late = [score for score in due if score is not None and score <= now_ms]
        return {
            "open": coming - (len(aside) - len(late)),
            "overdue": overdue - len(late),
            "contacted": contacted,
            "quarantined": quarantined,
            "failed": failed,
        }

    async def sealed(self, references: Sequence[str]) -> list[bytes]:
        """Return the sealed record of each, b"" for one that is gone."""
        if not references:
            return []
        with in_our_words():
            found = await self._redis.mget([keys.ENQUIRY + reference for reference in references])
        return [record or b"" for record in cast("list[bytes | None]", found)]

    async def deliveries(self, reference: str) -> dict[str, tuple[str, str]]:
        """Return the state and the cause of each delivery of an enquiry, by its name."""
        with in_our_words():
            kept = cast("dict[bytes, bytes]", await self._redis.hgetall(keys.DELIVERIES + reference))
        entries = [(name.decode(), Entry.read(entry)) for name, entry in sorted(kept.items())]
        return {name: (entry.state, entry.cause) for name, entry in entries}

"""Cuts the conversation of one acceptance with Redis at a byte, and looks at what is left."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from clinic.errors import StoreUnavailable
from clinic.facts import ClinicFacts
from clinic.store import connect
from tests.support.clock import SetClock
from tests.support.proxy import Direction, Proxy
from tests.support.service import Service
from tests.support.valkey import Client

NOBODY = "smtp://127.0.0.1:9"
# At night, for then an acceptance writes most: the enquiry is on a digest too.
CLOSED = datetime(2026, 11, 23, 22, tzinfo=UTC)
# What one enquiry has in the diary.
ALL = ("alert-0", "confirmation", "escalation-0", "reminder-0")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """An acceptance over a way of its own; a cold one begins with an empty server and no script in it."""

    proxy: Proxy
    redis: Client
    facts: ClinicFacts
    way: Path
    cold: bool

    async def length(self) -> dict[Direction, int]:
        """Return how many bytes pass in each direction when nothing goes wrong."""
        await self._prepare()
        self.proxy.arm()
        await self._accept("length")
        return dict(self.proxy.passed)

    async def cut(self, way: Direction, byte: int) -> list[str]:
        """Cut there, then ask again as a visitor would; return what does not hold, in words."""
        await self._prepare()
        key = f"{way}-{byte}"
        self.proxy.arm((way, byte))
        first = await self._accept(key)
        faults = [] if self.proxy.hurt else ["the cut was not reached"]
        stored = await self._whole(faults)
        if first is not None and first not in stored:
            faults.append("promised and not stored")
        second = await self._accept(key)
        again = await self._whole(faults)
        if second is None or again != [second] or (first not in (None, second)) or (stored not in ([], again)):
            faults.append(f"not one record: {first} {stored} {second} {again}")
        return [f"{way} {byte}: {fault}" for fault in faults]

    async def _prepare(self) -> None:
        facts = await self.redis.keys("facts:*")
        kept = {} if self.cold else {name: await self.redis.get(name) for name in facts}
        await self.redis.flushall()
        if self.cold:
            await self.redis.script_flush("SYNC")
        elif kept:
            await self.redis.mset(kept)

    async def _accept(self, key: str) -> str | None:
        """Accept over a new connection, and return the reference that was promised, or None."""
        redis = connect(f"unix://{self.way}")
        try:
            return (await Service(redis, self.facts, NOBODY, SetClock(CLOSED)).accept(key=key)).reference
        except StoreUnavailable:
            return None
        finally:
            await redis.aclose()

    async def _whole(self, faults: list[str]) -> list[str]:
        """Return the references of the records in the store; a part of one is a fault."""
        records = {name.decode().partition(":")[2] for name in await self.redis.keys("enquiry:*")}
        deliveries = {name.decode().partition(":")[2] for name in await self.redis.keys("deliveries:*")}
        diary = [member.decode() for member in await self.redis.zrange("diary", 0, -1)]
        wanted = [f"{one}/{name}" for one in records for name in ALL]
        digests = [name.decode().partition(":")[2] for name in await self.redis.keys("digest:*")]
        listed = [one.decode() for digest in digests for one in await self.redis.lrange(f"digest:{digest}", 0, -1)]
        if sorted(listed) != sorted(records):
            faults.append(f"{listed} on a digest: {records}")
        wanted += [f"{digest}/digest-0" for digest in digests]
        deliveries -= set(digests)
        idempotency = len(await self.redis.keys("idempotency:*"))
        if deliveries != records or sorted(diary) != sorted(wanted) or idempotency != len(records):
            faults.append(f"part of a record: {records} {deliveries} {diary} {idempotency}")
        return sorted(records)

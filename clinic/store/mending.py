"""Mending: after a restore each enquiry is whole and stands where it should, and nothing stands that is not there.

The backups of the version before were copied key by key while the service went on: of what came, was settled, marked or
erased meanwhile they may hold one half as it was before, and the other as it was after.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from clinic.delivery import DeliveryName, Kind, State
from clinic.reference import parse_reference
from clinic.screening import QUARANTINE
from clinic.store import keys
from clinic.store.connect import in_our_words, server_ms
from clinic.store.copies import OF_DELIVERIES, OF_ENQUIRIES
from clinic.store.lanes import start_of
from clinic.store.words import Entry

PAGE = 500
# To how many addresses its alert went is sealed in a record: the first of them hears of it again.
ANEW = (DeliveryName(Kind.ALERT), DeliveryName(Kind.CONFIRMATION))
ENDED_BADLY = (State.FAILED, State.IN_DOUBT)


@dataclass(slots=True)
class Mended:
    """How many deliveries were put back into the diary; and enquiries that were not whole, by their references.

    `missing` stood on lists, and no record of them is there; of those in `anew` the mails were missing, and an alert
    and a confirmation are due; those in `unlisted` stood on no list, and do now.
    """

    put_back: int = 0
    missing: set[str] = field(default_factory=set)
    anew: set[str] = field(default_factory=set)
    unlisted: set[str] = field(default_factory=set)


class Kept(NamedTuple):
    """What is kept under a reference: entries by name, and the scores that tell where it stands, if it does."""

    reference: str
    record: bool
    entries: Mapping[str, Entry]
    acts: Sequence[bytes]
    open: float | None
    contacted: float | None
    quarantined: float | None

    @property
    def erased(self) -> bool:
        """Return whether it was erased, whatever is left of it."""
        return any(act.split(b" ")[1:2] == [b"erased"] for act in self.acts) or any(
            entry.cause == "erased" for entry in self.entries.values()
        )


class Mending:
    """Mends a server that nobody works on; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def mend(self) -> Mended:
        """Mend all there is, page by page."""
        found = Mended()
        with in_our_words():
            now = await server_ms(self._redis)
            async for kept in self._pages(keys.DELIVERIES):
                await self._settle(kept, now, found)
            async for kept in self._pages(keys.ENQUIRY):
                await self._settle([one for one in kept if not one.entries], now, found)
            for name in OF_ENQUIRIES:
                found.missing |= await self._sweep(name)
            for name in (keys.ANNOUNCED, *OF_DELIVERIES):
                await self._sweep(name)
        return found

    async def _pages(self, prefix: str) -> AsyncIterator[list[Kept]]:
        """Yield what is kept under each reference that has a key of this prefix."""
        some: list[str] = []
        async for key in self._redis.scan_iter(prefix + "*", count=1000):
            some.append(key.decode().removeprefix(prefix))
            if len(some) == PAGE:
                yield await self._kept(some)
                some = []
        yield await self._kept(some)

    async def _kept(self, references: Sequence[str]) -> list[Kept]:
        async with self._redis.pipeline(transaction=False) as pipe:
            for reference in references:
                pipe.exists(keys.ENQUIRY + reference)
                pipe.hgetall(keys.DELIVERIES + reference)
                pipe.lrange(keys.ACTS + reference, 0, -1)
                for name in OF_ENQUIRIES:
                    pipe.zscore(name, reference)
            answers = await pipe.execute()
        rows = [answers[at : at + 6] for at in range(0, len(answers), 6)]
        return [_read(reference, *row) for reference, row in zip(references, rows, strict=True)]

    async def _settle(self, kept: Sequence[Kept], now: int, found: Mended) -> None:
        """Have each of them whole, or not there, and what is due, or failed, where it is looked for."""
        diary: dict[str, int] = {}
        attention: dict[str, int] = {}
        async with self._redis.pipeline(transaction=False) as pipe:
            for one in kept:
                for name, entry in _whole(pipe, one, now, found).items():
                    known, member = DeliveryName.known(name), keys.member(one.reference, name)
                    if known is not None and not entry.ended:
                        diary[member] = start_of(known.lane) + now
                    elif entry.state in ENDED_BADLY:
                        attention[member] = now
            await pipe.execute()
        if diary:
            found.put_back += cast(int, await self._redis.zadd(keys.DIARY, diary, nx=True))
        if attention:
            await self._redis.zadd(keys.ATTENTION, attention, nx=True)

    async def _sweep(self, name: str) -> set[str]:
        """Take what is not there off a list; return of which enquiries that was."""
        gone: set[str] = set()
        start = 0
        while rows := cast("list[bytes]", await self._redis.zrange(name, start, start + PAGE - 1)):
            members = [row.decode() for row in rows]
            lost = [
                member for member, there in zip(members, await self._stand(name, members), strict=True) if not there
            ]
            if lost:
                await self._redis.zrem(name, *lost)
            gone |= {keys.parts(member)[0] for member in lost}
            start += len(members) - len(lost)
        return gone

    async def _stand(self, name: str, members: Sequence[str]) -> list[bool]:
        """Return of each whether it stands on a list with reason."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for member in members:
                reference, delivery = keys.parts(member)
                pipe.exists(keys.ENQUIRY + reference)
                pipe.hget(keys.DELIVERIES + reference, delivery)
            answers = await pipe.execute()
        found: list[bool] = []
        for member, record, entry in zip(members, answers[::2], answers[1::2], strict=True):
            there = bool(record) or parse_reference(keys.parts(member)[0]) is None
            if name in OF_DELIVERIES:
                there = there and entry is not None and _stands(name, Entry.read(entry))
            found.append(there)
        return found


def _stands(name: str, entry: Entry) -> bool:
    return entry.state in ENDED_BADLY if name == keys.ATTENTION else not entry.ended


def _read(reference: str, record: int, entries: dict[bytes, bytes], acts: list[bytes], *scores: float | None) -> Kept:
    by_name = {name.decode(): Entry.read(entry) for name, entry in entries.items()}
    return Kept(reference, bool(record), by_name, acts, *scores)


def _whole(pipe: Pipeline, kept: Kept, now: int, found: Mended) -> Mapping[str, Entry]:
    """Have an enquiry whole, or not there; return its entries, where they are to be looked at."""
    reference = kept.reference
    if parse_reference(reference) is None:
        # A digest, or an errand.
        return kept.entries
    if kept.erased:
        # That it was stays known.
        pipe.delete(keys.ENQUIRY + reference)
        _suppressed(pipe, kept, [name for name, entry in kept.entries.items() if not entry.ended], "erased")
        return {}
    if not kept.record:
        if not all(entry.ended for entry in kept.entries.values()):
            found.missing.add(reference)
        pipe.delete(keys.DELIVERIES + reference, keys.ACTS + reference)
        return {}
    if kept.open is None and kept.contacted is None and kept.quarantined is None:
        # Until when a reply was promised is sealed: staff see it first.
        found.unlisted.add(reference)
        pipe.zadd(keys.OPEN, {reference: now})
    if kept.open is not None and kept.contacted is not None:
        pipe.zrem(keys.OPEN, reference)
    if not kept.entries:
        found.anew.add(reference)
        aside = kept.quarantined is not None
        entry = (
            Entry(State.SUPPRESSED, 0, 0, 0, 0, f"{QUARANTINE}restored") if aside else Entry(State.DUE, 0, 0, 0, 0, "-")
        )
        return _put(pipe, reference, {str(name): entry for name in ANEW})
    if kept.contacted is not None:
        chasing = [name for name, entry in kept.entries.items() if not entry.ended and _chases(name)]
        return _suppressed(pipe, kept, chasing, "contacted")
    return kept.entries


def _chases(name: str) -> bool:
    known = DeliveryName.known(name)
    return known is not None and known.kind.chases


def _suppressed(pipe: Pipeline, kept: Kept, names: Iterable[str], cause: str) -> Mapping[str, Entry]:
    changed = {
        name: entry._replace(state=State.SUPPRESSED, token=entry.token + 1, cause=cause)
        for name, entry in kept.entries.items()
        if name in names
    }
    return {**kept.entries, **_put(pipe, kept.reference, changed)}


def _put(pipe: Pipeline, reference: str, entries: Mapping[str, Entry]) -> Mapping[str, Entry]:
    for name, entry in entries.items():
        pipe.hset(keys.DELIVERIES + reference, name, " ".join(str(word) for word in entry))
    return entries

"""The store's verbs: accept an enquiry; claim, hold and settle its deliveries; take a turn at dispatching."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache, partial
from typing import Literal, cast

from redis.asyncio import Redis

from clinic.clock import Clock
from clinic.delivery import CLAIMS_TOGETHER, DeliveryName, Kind, Lane, State
from clinic.hint import QUEUE
from clinic.store import keys
from clinic.store.accepting import AcceptAnswer, Accepting
from clinic.store.categories import bucket, category
from clinic.store.connect import in_our_words
from clinic.store.lanes import LANE_MS, lanes_of, start_of
from clinic.store.pipeline import Pipeline
from clinic.store.script import script, script_now
from clinic.store.words import Claim, Claims, Entry, NewDigest, NewEnquiry, Settlement, Turn

# How long a claim stands without a sign of life: long enough for a busy machine, short enough that what a killed
# worker held is on its way again within 30 s.
LEASE_MS = 15_000
DISPATCHER_LEASE_MS = 5_000
# How often a relay that can't be reached is tried, by one delivery for all that wait for it.
PROBE_MS = 10_000
# Three canaries that don't come back are three quarters of a minute: a standstill is known within one.
CANARY_MS = 15_000
PURGE_MS = 60_000
# A worker that was not seen for so long was stopped on purpose.
FORGOTTEN_MS = 60 * 60 * 1000
# How many are due again at once when it is back; due a millisecond apart, so that the oldest stay first.
RECALLED_AT_MOST = 5_000


class Store:
    """What this process may do to the state; every verb is one atomic script, and raises StoreUnavailable."""

    def __init__(self, redis: Redis, clock: Clock | None = None) -> None:
        """Judge what is due by the server's own clock, which all processes share, or by `clock` where one is given."""
        self._redis = redis
        self._now = partial(script_now, clock)
        self._pipeline = Pipeline(redis)
        # A way of its own: who only counts soon gives up, and the way with it. By redis-py, call by call, few of 5,000
        # that log in at once are counted in time (measured), and what is not counted is within every limit.
        self._counting = Pipeline(redis)
        self._accepting = Accepting(self._pipeline, script(redis, "accept"), clock)
        self._count = script(redis, "count")
        self._claim = script(redis, "claim")
        self._hold = script(redis, "hold")
        self._settle = script(redis, "settle")
        self._dispatch = script(redis, "dispatch")
        self._hint = script(redis, "hint")
        self._beat = script(redis, "beat")
        self._digest = script(redis, "digest")
        self._errand = script(redis, "errand")

    async def accept(self, new: NewEnquiry, seconds: float | None = None) -> AcceptAnswer:
        """Store an enquiry whole or not at all; whoever has no answer within `seconds` does not know which.

        "conflict": its idempotency key came before with another body; "facts": the clinic facts it names are not in
        the store. Otherwise its sides were counted, stage by stage, and none after one that is exceeded. Exceeded: one
        of them is beyond its limit; "taken": the reference is. In all four it was not written.
        """
        return await self._accepting.accept(new, seconds)

    async def count(self, sides: Sequence[bytes], seconds: float) -> bool:
        """Count one more from each side, as `words.side` names them; return whether all are within their limits.

        Whoever has no answer within `seconds` is told that the store is unavailable.
        """
        with in_our_words():
            found: int = await self._counting.call(self._count, (), (self._now(), *sides), seconds)
        return found == 1

    async def keep_facts(self, edition: str, facts: bytes) -> None:
        """Store one edition of the clinic facts, for as long as enquiries may name it."""
        with in_our_words():
            await self._redis.set(keys.FACTS + edition, facts)

    async def facts(self, edition: str) -> bytes | None:
        """Return one edition of the clinic facts, or None."""
        with in_our_words():
            return cast("bytes | None", await self._redis.get(keys.FACTS + edition))

    async def members(self, reference: str) -> list[tuple[str, bytes]]:
        """Return the enquiries on a digest: each reference and its sealed record, b"" for one that is lost.

        Those that were erased are left out.
        """
        with in_our_words():
            listed = cast("list[bytes]", await self._redis.lrange(keys.DIGEST + reference, 0, -1))
            found = [member.decode() for member in listed]
            sealed = await self._redis.mget([keys.ENQUIRY + member for member in found]) if found else []
        kept = [(member, cast("bytes | None", record) or b"") for member, record in zip(found, sealed, strict=True)]
        erased = await self._erased([member for member, record in kept if not record])
        return [(member, record) for member, record in kept if member not in erased]

    async def _erased(self, references: Sequence[str]) -> set[str]:
        """Return those of them that staff have erased: of what was done before nothing is kept."""
        if not references:
            return set()
        async with self._redis.pipeline(transaction=False) as pipe:
            for reference in references:
                pipe.lindex(keys.ACTS + reference, 0)
            with in_our_words():
                first = cast("list[bytes | None]", await pipe.execute())
        return {one for one, act in zip(references, first, strict=True) if act and act.split(b" ", 2)[1] == b"erased"}

    async def all_there(self, references: Collection[str]) -> bool:
        """Return whether of none of these enquiries the record is gone."""
        if not references:
            return True
        with in_our_words():
            found = await self._redis.exists(*(keys.ENQUIRY + reference for reference in references))
        return int(found) == len(references)

    async def claim(self, lane: Lane, at_most: int, *, suspect: bool = True) -> Claims:
        """Take up to so many deliveries that are due in a lane, oldest first.

        A suspect comes alone, and not at all unless it may; while it may not, nothing after it is taken either.
        """
        with in_our_words():
            held_back, rows = await self._pipeline.call(
                self._claim,
                [keys.DIARY],
                [start_of(lane), at_most, LEASE_MS, self._now(), CLAIMS_TOGETHER, int(suspect), *Kind],
            )
        claims = Claims(
            Claim(reference.decode(), _named(name), token, attempts, claims, doubts, sealed, cause)
            for reference, name, token, attempts, claims, doubts, sealed, cause in rows
        )
        claims.held_back = held_back == 1
        return claims

    async def hold(self, claims: Iterable[Claim], state: Literal[State.DUE, State.SENDING]) -> list[bool]:
        """Prolong the lease of each claim, storing `sending` if asked to; False for each that is no longer ours."""
        arguments: list[str | bytes | int] = [LEASE_MS, self._now()]
        for claim in claims:
            arguments += [start_of(claim.name.lane), claim.reference, str(claim.name), claim.token, state]
        with in_our_words():
            return [answer == 1 for answer in await self._pipeline.call(self._hold, [keys.DIARY], arguments)]

    async def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        """Store how attempts ended; False for each whose claim is no longer ours, which then changed nothing."""
        arguments: list[str | bytes | int] = [self._now()]
        for end in settlements:
            name = end.claim.name
            wanted = end.claim.wanted if end.state is State.DUE else ""
            cause = f"{wanted}:{end.cause}" if wanted else end.cause
            arguments += [start_of(name.lane), end.claim.reference, str(name), end.claim.token, end.state, cause]
            stranded = "" if end.stranded is None else int(end.stranded)
            arguments += [end.delay_ms, int(end.counted), int(end.late), int(end.doubtful), stranded, name.kind]
            # What follows from a mail that staff asked for late is as little over as that was.
            arguments += [lanes_of(end.follow_ups), "again" if end.claim.wanted else "-"]
            took = "" if end.took_ms is None else max(end.took_ms, 0)
            arguments += [category(end.cause), took, bucket(end.took_ms or 0)]
        names = [keys.DIARY, keys.ATTENTION, keys.COUNTS, keys.STRANDED, keys.RELAY_ANSWERED, keys.RETRYING]
        names.append(keys.CANARY_BACK)
        with in_our_words():
            answers = await self._pipeline.call(self._settle, names, arguments)
        return [answer == 1 for answer in answers]

    async def cause(self, reference: str, name: DeliveryName) -> str | None:
        """Return why a delivery stands as it does, in one word, or None when there is none."""
        with in_our_words():
            entry = cast("bytes | None", await self._redis.hget(keys.DELIVERIES + reference, str(name)))
        return Entry.read(entry).cause if entry else None

    async def failing_since(self, claim: Claim) -> int | None:
        """Return when a delivery that is being tried again came to nothing first (ms since 1970), or None."""
        with in_our_words():
            found = await self._redis.zscore(keys.RETRYING, keys.member(claim.reference, str(claim.name)))
        return None if found is None else int(found)

    async def dispatch(self, process: str) -> Turn:
        """Take or keep the dispatcher's lease and look at what is due; another holder's lease is left alone.

        Whoever leads also sees to what is stranded: every PROBE_MS one such delivery is due at once, to try the relay,
        and all of them as soon as a mail has gone out.
        """
        names = [keys.DISPATCHER, keys.DIARY, QUEUE, keys.STRANDED, keys.RELAY_ANSWERED, keys.PROBED]
        limits = [DISPATCHER_LEASE_MS, self._now(), PROBE_MS, RECALLED_AT_MOST, LANE_MS]
        with in_our_words():
            leading, hints, due = await self._dispatch(
                keys=names, args=[process, *limits, *(start_of(lane) for lane in Lane)]
            )
        return Turn(leading == 1, hints, due.decode() or None)

    async def errands(self) -> None:
        """Have the canary and the purge due, each if the last is done and it is time."""
        for kind, every_ms in ((Kind.CANARY, CANARY_MS), (Kind.PURGE, PURGE_MS)):
            name = str(DeliveryName(kind))
            names = [keys.DELIVERIES + name, keys.DIARY, keys.ERRAND + name]
            with in_our_words():
                await self._errand(keys=names, args=[self._now(), every_ms, start_of(Lane.RECEPTION), name])

    async def make_digest(self, new: NewDigest) -> bool:
        """Have a digest due, whoever is on it; False where it is, or was, there already."""
        names = [keys.DELIVERIES + new.reference, keys.DIARY]
        with in_our_words():
            made = await self._digest(keys=names, args=[new.reference, new.due_ms, lanes_of(new.deliveries)])
        return cast(int, made) > 0

    async def beat(self, process: str, settled: int, last_ms: int) -> None:
        """Say that a worker process lives, how many deliveries it has settled, and when the last."""
        arguments = [process, self._now(), settled, last_ms, FORGOTTEN_MS]
        with in_our_words():
            await self._beat(keys=[keys.WORKERS, keys.PROGRESS], args=arguments)

    async def hint(self, message: bytes) -> None:
        """Queue a hint."""
        with in_our_words():
            await self._hint(keys=[QUEUE], args=[message])

    async def ping(self) -> None:
        """Use the ways by which visitors' words go, so that one that is dead is found before a visitor comes."""
        with in_our_words():
            await asyncio.gather(self._pipeline.ping(), self._counting.ping())

    async def close(self) -> None:
        """Give the connections back."""
        await self._redis.aclose()


@lru_cache(maxsize=256)
def _named(name: bytes) -> DeliveryName:
    return DeliveryName.parse(name.decode())

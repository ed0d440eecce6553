"""Gauges: reads for ops how much stands where, how old the oldest is, who lives. It changes nothing."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import cast

from redis.asyncio import Redis

from clinic.deadline import answered_within
from clinic.delivery import DeliveryName, Kind, Lane
from clinic.errors import StoreUnavailable
from clinic.hint import QUEUE
from clinic.store import keys
from clinic.store.connect import DURABLE, in_our_words
from clinic.store.files import Files
from clinic.store.reading import Reading, Server, Standing, Worker
from clinic.store.store import LOGIN_PAUSE_MS, start_of

PAGE = 10_000
READY_SECONDS = 1.5
# Enquiries are kept all the same; but who can send visitors to another intake should.
UNREADY_AFTER_MS = 15 * 60 * 1000
# The causes of what nobody tried yet because its time is to come; any other says why a try came to nothing.
PLANNED = ("-", "closed", "released", "reopened")
GONE = ("gone", "0", "0", "0", "0", "-")
Waiting = tuple[str, DeliveryName, Standing, str, int]


class Gauges:
    """Reads; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def read(self) -> Reading:
        """Return everything; the diary is read page by page, so that a long one holds up nobody."""
        with in_our_words():
            seconds, micros = await self._redis.time()
            now = seconds * 1000 + micros // 1000
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.llen(QUEUE)
                pipe.hgetall(keys.COUNTS)
                pipe.zrange(keys.RETRYING, 0, 0, withscores=True)
                pipe.zcard(keys.STRANDED)
                pipe.zrange(keys.STRANDED, 0, 0, withscores=True)
                pipe.get(keys.LOGIN)
                pipe.exists(keys.DISPATCHER)
                pipe.zrange(keys.WORKERS, 0, -1, withscores=True)
                pipe.hgetall(keys.PROGRESS)
                pipe.zrange(keys.INTAKES, 0, -1, withscores=True)
                pipe.get(keys.CANARY_BACK)
                answers = await pipe.execute()
        hints, counts, retrying, stranded, first_stranded, login, dispatcher = answers[:7]
        workers, progress, intakes, canary = answers[7:]
        views = await Files(self._redis).counts(now)
        return Reading(
            at_ms=now,
            hints=hints,
            standing=await self._standing(now),
            oldest_ms={lane: await self._oldest(lane, now) for lane in Lane},
            retrying_ms=_age(retrying, now),
            stranded=stranded,
            stranded_ms=_age(first_stranded, now),
            login_paused=login == keys.REFUSED,
            dispatcher=bool(dispatcher),
            workers=tuple(_worker(name, score, progress.get(name, b"0 0"), now) for name, score in workers),
            intakes_ms=tuple(max(now - int(score), 0) for _, score in intakes),
            canary_ms=None if canary is None else now - int(canary),
            # What failed is mails, which stand in `standing`.
            views={view: number for view, number in views.items() if view != "failed"},
            counts={name.decode(): int(number) for name, number in counts.items()},
            server=await self.server(),
        )

    async def server(self) -> Server:
        """Return what the server says of itself; `config` may be refused to who reads, `info` never is."""
        with in_our_words():
            info = cast("dict[str, object]", await self._redis.info("default"))
            actual = {name: str((await self._redis.config_get(name)).get(name)) for name in DURABLE}
        faults = [
            f"{name} is {actual[name]}, not {wanted}" for name, wanted in DURABLE.items() if actual[name] != wanted
        ]
        if info.get("aof_last_write_status") != "ok":
            faults.append("the last write to the append-only file failed")
        return Server(
            version=f"Valkey {info['valkey_version']}"
            if "valkey_version" in info
            else f"Redis {info.get('redis_version')}",
            memory=cast(int, info.get("used_memory", 0)),
            memory_limit=cast(int, info.get("maxmemory", 0)),
            aof_size=cast(int, info.get("aof_current_size", 0)),
            aof_rewrites=info.get("aof_last_bgrewrite_status") == "ok",
            faults=tuple(faults),
        )

    async def probe(self) -> None:
        """Write something that goes away by itself; raise StoreUnavailable where that can't be had."""
        with in_our_words():
            await self._redis.set(keys.PROBE, 1, px=10_000)

    async def unready(self) -> str:
        """Return why no enquiry could be kept now, or that mails have stood still for too long; or nothing."""
        try:
            await answered_within(READY_SECONDS, self.probe())
            faults = (await self.server()).faults
            with in_our_words():
                seconds, _ = await self._redis.time()
            late = max([await self._oldest(lane, seconds * 1000) for lane in Lane])
        except (StoreUnavailable, TimeoutError) as fault:
            return f"{type(fault).__name__}: {fault}"
        if faults:
            return "; ".join(faults)
        return f"the oldest delivery has been due for {late // 1000} s" if late > UNREADY_AFTER_MS else ""

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
            seconds, micros = await self._redis.time()
            now = seconds * 1000 + micros // 1000
            again = cast("list[bytes]", await self._redis.zrange(keys.RETRYING, 0, at_most - 1))
            tried = [member.decode() for member in again]
            scores = await self._redis.zmscore(keys.DIARY, tried) if tried else []
        times = {member: int(score) % keys.LANE_MS for member, score in zip(tried, scores, strict=True) if score}
        for lane in Lane:
            with in_our_words():
                rows = await self._redis.zrange(
                    keys.DIARY,
                    start_of(lane),
                    start_of(lane) + keys.LANE_MS - 1,
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

    async def _standing(self, now: int) -> Counter[tuple[Kind, Standing]]:
        found: Counter[tuple[Kind, Standing]] = Counter()
        soon: list[str] = []
        tried = {member async for member, _ in self._pages(keys.RETRYING)}
        async for member, score in self._pages(keys.DIARY):
            due_in = score % keys.LANE_MS - now
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

    async def _oldest(self, lane: Lane, now: int) -> int:
        with in_our_words():
            rows = await self._redis.zrange(
                keys.DIARY,
                start_of(lane),
                start_of(lane) + now,
                byscore=True,
                offset=0,
                num=1,
                withscores=True,
            )
        found = cast("list[tuple[bytes, float]]", rows)
        return _age([(member, score - start_of(lane)) for member, score in found], now)


def _stands(entry: Sequence[str], due_in: int) -> Standing:
    """Return where a delivery stands that has not ended; what is tried again later has been due all the while."""
    if entry[3] != "0" and due_in > 0:
        return "sending"
    return "held" if due_in > 0 and entry[5].rpartition(":")[2] in PLANNED else "due"


def _name(member: str) -> DeliveryName | None:
    return DeliveryName.known(member.partition("/")[2])


def _age(rows: list[tuple[bytes, float]], now: int) -> int:
    return max(now - int(rows[0][1]), 0) if rows else 0


def _worker(name: bytes, score: float, progress: bytes, now: int) -> Worker:
    settled, last_ms = (int(number) for number in progress.split(b" "))
    return Worker(name.decode(), now - int(score), settled, now - last_ms if last_ms else None)

"""Gauges: reads for ops how much stands where, how old the oldest is, who lives; a probe is all it writes."""

from typing import cast

from redis.asyncio import Redis

from clinic.deadline import answered_within
from clinic.delivery import Lane
from clinic.errors import StoreUnavailable
from clinic.hint import QUEUE
from clinic.store import keys
from clinic.store.connect import DURABLE, in_our_words, server_ms, weakened
from clinic.store.files import Files
from clinic.store.lanes import start_of
from clinic.store.reading import Reading, Server, Worker
from clinic.store.undelivered import Undelivered

READY_SECONDS = 1.5
# Enquiries are kept all the same; but who can send visitors to another intake should.
UNREADY_AFTER_MS = 15 * 60 * 1000


class Gauges:
    """Reads; raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def read(self) -> Reading:
        """Return everything."""
        with in_our_words():
            now = await server_ms(self._redis)
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
            standing=await Undelivered(self._redis).standing(now),
            oldest_ms={lane: await self._oldest(lane, now) for lane in Lane},
            retrying_ms=_age(retrying, now),
            stranded=stranded,
            stranded_ms=_age(first_stranded, now),
            login_paused=login in keys.REFUSED,
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
        """Return what the server says of itself; who may not ask for its `config` is told nothing."""
        with in_our_words():
            info = cast("dict[str, object]", await self._redis.info("default"))
        weak = await weakened(self._redis)
        faults = [f"{name} is {actual}, not {DURABLE[name]}" for name, actual in weak.items()]
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
            now = await server_ms(self._redis)
            late = max([await self._oldest(lane, now) for lane in Lane])
        except (StoreUnavailable, TimeoutError) as fault:
            return f"{type(fault).__name__}: {fault}"
        if faults:
            return "; ".join(faults)
        return f"the oldest delivery has been due for {late // 1000} s" if late > UNREADY_AFTER_MS else ""

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


def _age(rows: list[tuple[bytes, float]], now: int) -> int:
    return max(now - int(rows[0][1]), 0) if rows else 0


def _worker(name: bytes, score: float, progress: bytes, now: int) -> Worker:
    settled, last_ms = (int(number) for number in progress.split(b" "))
    return Worker(name.decode(), now - int(score), settled, now - last_ms if last_ms else None)

"""The monitor serves who has its token, reads once for many, and ends when it can watch no more."""

import asyncio
import re
import time
from pathlib import Path

import httpx
import pytest

from clinic.store import Gauges, connect
from clinic.store.reading import Reading
from ops.monitor import serve
from ops.monitor.alarms import NAMES
from ops.monitor.bell import Bell
from ops.monitor.serve import Monitor
from ops.monitor.uptime import Uptime
from tests.support.clock import SetClock
from tests.support.processes import SECRET, Process
from tests.support.service import Service
from tests.support.valkey import Client, Valkey


async def test_the_page_and_the_metrics_ask_for_the_token(redis: Client, service: Service) -> None:
    await service.accept()
    monitor = Monitor(Gauges(redis), Bell([], SetClock()), "a token")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(monitor.app()), base_url="http://monitor") as client:
        assert (await client.get("/healthz")).status_code == 200
        for path in ("/", "/metrics"):
            assert (await client.get(path)).status_code == 401
            answer = await client.get(path, headers={"Authorization": "Bearer a token"})
            assert answer.status_code == 200
            assert "Patient 0" not in answer.text
        assert (
            "<h2>NoWorkers</h2><p>No worker was ever seen.</p>"
            in (await client.get("/", headers={"Authorization": "Bearer a token"})).text
        )


async def test_many_scrapers_cost_one_reading(redis: Client) -> None:
    class Counting(Gauges):
        read_so_far = 0

        async def read(self) -> Reading:
            self.read_so_far += 1
            return await super().read()

    gauges = Counting(redis)
    monitor = Monitor(gauges, Bell([], SetClock()))
    await asyncio.gather(*(monitor.look() for _ in range(50)))
    assert gauges.read_so_far == 1


async def test_no_part_is_missed_the_moment_a_store_that_was_away_is_back(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each look is a reading of its own.
    monkeypatch.setattr(serve, "FRESH_SECONDS", 0.0)
    redis: Client = connect(valkey.url, wait=1)
    seconds = [0.0]
    monitor = Monitor(Gauges(redis), Bell([], SetClock()), uptime=Uptime(lambda: seconds[0]))
    await redis.zadd("intakes", {"intake-one": int(time.time() * 1000) - 48_000})

    async def told() -> list[str]:
        return [alarm.name for alarm in (await monitor.judge())[1]]

    async def samples() -> set[str]:
        transport = httpx.ASGITransport(monitor.app())
        async with httpx.AsyncClient(transport=transport, base_url="http://monitor") as client:
            return set(re.findall(r'frontdesk_alarm{alarm="(\w+)"}', (await client.get("/metrics")).text))

    missed = {"NoIntakes", "NoWorkers", "NotConsuming"}
    try:
        assert missed <= set(await told())
        assert await samples() == set(NAMES)
        valkey.freeze()
        assert await told() == ["StoreAway"]
        assert await samples() == {"StoreAway"}
        valkey.thaw()
        assert missed.isdisjoint(await told())
        assert await samples() == set(NAMES) - missed
        seconds[0] = 31
        assert missed & set(await told()) == {"NoIntakes", "NoWorkers"}
        seconds[0] = 46
        assert missed <= set(await told())
    finally:
        await redis.aclose()


async def test_it_says_where_it_is_on_ipv6_too(valkey: Valkey, tmp_path: Path) -> None:
    given = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, "MONITOR_HOST": "::1", "MONITOR_PORT": "0"}
    monitor = await asyncio.to_thread(Process, tmp_path, "monitor", "monitor", environment=given)
    line = await asyncio.to_thread(monitor.ready, "monitor ready on ")
    assert line.split("ready on ")[1].startswith("http://[::1]:")
    assert await asyncio.to_thread(monitor.stop) == 0


async def test_a_monitor_that_can_watch_no_more_ends(valkey: Valkey, tmp_path: Path) -> None:
    redis: Client = connect(valkey.url)
    given = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, "MONITOR_PORT": "0"}
    monitor = await asyncio.to_thread(Process, tmp_path, "monitor", "monitor", environment=given)
    await asyncio.to_thread(monitor.ready, "monitor ready on ")
    await redis.zadd("workers", {"one": 1})
    await redis.hset("progress", "one", "what no version of ours ever wrote")
    await redis.aclose()
    assert await asyncio.to_thread(monitor.ended) not in (0, None)

"""Presence: an intake is there while it says so, and one that was stopped long ago is forgotten."""

import asyncio
import time
from pathlib import Path

from clinic.store import Gauges, Presence, connect
from clinic.store.store import FORGOTTEN_MS
from tests.support.processes import SECRET, intake
from tests.support.valkey import Client, Valkey


async def test_each_intake_is_counted_and_one_of_long_ago_is_forgotten(redis: Client) -> None:
    await redis.zadd("intakes", {"intake-old": int(time.time() * 1000) - FORGOTTEN_MS - 1000})
    await Presence(redis, "intake-one").say()
    await Presence(redis, "intake-two").say()
    seen = (await Gauges(redis).read()).intakes_ms
    assert len(seen) == 2
    assert max(seen) < 1000


async def test_an_intake_that_serves_is_there(valkey: Valkey, tmp_path: Path) -> None:
    given = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET}
    taking, _ = await asyncio.to_thread(intake, tmp_path, given)
    redis = connect(valkey.url)
    try:
        while not (await Gauges(redis).read()).intakes_ms:
            await asyncio.sleep(0.05)
    finally:
        await redis.aclose()
        assert await asyncio.to_thread(taking.stop) == 0

"""Repeating: an outage ends nothing that is done again and again, and a connection that was forgotten costs nobody."""

import asyncio
from pathlib import Path

from clinic.errors import StoreUnavailable
from clinic.store import Gauges, connect
from intake.repeating import EVERY_SECONDS, repeated
from tests.support.patients import body
from tests.support.processes import NO_LIMITS, SECRET, intake, post
from tests.support.proxy import Proxy
from tests.support.valkey import Valkey


async def test_the_first_enquiry_after_a_quiet_time_is_taken(valkey: Valkey, tmp_path: Path) -> None:
    async with Proxy(valkey.socket, way := valkey.socket.with_name("p")) as proxy:
        given = {"REDIS_URL": f"unix://{way}", "FRONTDESK_SECRET": SECRET, **NO_LIMITS}
        taking, url = await asyncio.to_thread(intake, tmp_path, given)
        try:
            await asyncio.to_thread(post, f"{url}/enquiries", body(0))
            proxy.forget()
            await asyncio.sleep(EVERY_SECONDS + 2)
            await asyncio.to_thread(post, f"{url}/enquiries", body(1))
        finally:
            await asyncio.to_thread(taking.stop)


async def test_a_store_that_is_away_does_not_end_it() -> None:
    done: list[int] = []

    async def do() -> None:
        done.append(1)
        raise StoreUnavailable("away")

    task = asyncio.create_task(repeated(do, "ping_failed", every=0.01))
    while len(done) < 3:
        await asyncio.sleep(0.01)
    task.cancel()


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

"""What was promised is in the store whatever happens to it, and what it can't take is refused in time."""

import asyncio
import time

import pytest

from clinic.errors import StoreUnavailable
from clinic.facts import ClinicFacts
from clinic.store import connect
from tests.support.clock import SetClock
from tests.support.proxy import Proxy
from tests.support.service import Service
from tests.support.valkey import Client, Valkey

NOBODY = "smtp://127.0.0.1:9"
ANSWER_SECONDS = 2.0
SLACK_SECONDS = 1.0


async def test_lost_reply_leaves_one_record_and_the_same_reference(valkey: Valkey, facts: ClinicFacts) -> None:
    async with Proxy(valkey.socket, way := valkey.socket.with_name("p")) as proxy:
        redis = connect(f"unix://{way}")
        service = Service(redis, facts, NOBODY, SetClock())
        await service.accept(0)
        proxy.arm(swallow=True)
        with pytest.raises(StoreUnavailable):
            await service.accept(1, key="k")
        promised = await service.accept(1, key="k")
        assert promised.repeated
        assert len(await redis.keys("enquiry:*")) == 2
        await redis.aclose()


@pytest.mark.parametrize("how", ["frozen", "black hole"])
async def test_silent_store_is_given_up_in_time(valkey: Valkey, facts: ClinicFacts, how: str) -> None:
    async with Proxy(valkey.socket, way := valkey.socket.with_name("p")) as proxy:
        redis = connect(f"unix://{way}")
        service = Service(redis, facts, NOBODY, SetClock())
        await service.accept(0)
        if how == "frozen":
            valkey.freeze()
        else:
            proxy.black_hole = True
        began = time.monotonic()
        answers = await asyncio.gather(*(service.accept(number) for number in range(1, 40)), return_exceptions=True)
        took = time.monotonic() - began
        valkey.thaw()
        proxy.black_hole = False
        assert all(isinstance(answer, StoreUnavailable) for answer in answers)
        assert took < ANSWER_SECONDS + SLACK_SECONDS
        again = [await service.accept(number, key=f"again-{number}") for number in range(3)]
        assert len(again) == 3
        await redis.aclose()


async def test_everything_promised_before_a_kill_is_there_after_it(valkey: Valkey, facts: ClinicFacts) -> None:
    promised: set[str] = set()
    redis: Client = connect(valkey.url)
    service = Service(redis, facts, NOBODY, SetClock())

    async def visit(number: int) -> None:
        while True:
            try:
                promised.add((await service.accept(number, key=f"key-{number}")).reference)
            except StoreUnavailable:
                await asyncio.sleep(0.02)
            else:
                return

    visitors = asyncio.gather(*(visit(number) for number in range(200)))
    for _ in range(3):
        await asyncio.sleep(0.05)
        valkey.kill()
        await asyncio.to_thread(valkey.start)
    await visitors
    stored = {name.decode().partition(":")[2] for name in await redis.keys("enquiry:*")}
    assert stored == promised
    assert len(stored) == 200
    # A confirmation, a reminder and an escalation each; twenty alerts, and one list for the rest.
    assert await redis.zcard("diary") == 3 * 200 + 20 + 1
    await redis.aclose()

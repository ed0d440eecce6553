"""Readiness: 200 while an enquiry could be kept, 503 with no reason for strangers, and one look a second at most."""

from datetime import UTC, datetime

import pytest
from starlette.requests import Request

from clinic.facts import ClinicFacts
from clinic.store import Gauges, connect
from intake.readiness import Readiness
from tests.intake.desk import StandingClock
from tests.support.desk import Desk, SetClock
from tests.support.valkey import Client, Valkey

REQUEST = Request({"type": "http", "headers": []})


async def test_it_asks_once_a_second_and_tells_strangers_no_reason() -> None:
    clock, asked = StandingClock(), [0]

    async def ready() -> str:
        asked[0] += 1
        return "appendfsync is everysec" if asked[0] > 1 else ""

    readiness = Readiness(ready, clock)
    assert [(await readiness.answer(REQUEST)).status_code for _ in range(3)] == [200, 200, 200]
    clock.move(seconds=1)
    answer = await readiness.answer(REQUEST)
    assert (answer.status_code, bytes(answer.body), asked[0]) == (503, b"not ready", 2)


async def test_a_clock_that_was_set_back_is_no_reason_to_believe_the_past() -> None:
    clock, asked = StandingClock(), [0]

    async def ready() -> str:
        asked[0] += 1
        return ""

    readiness = Readiness(ready, clock)
    await readiness.answer(REQUEST)
    clock.move(hours=-1)
    await readiness.answer(REQUEST)
    assert asked[0] == 2


async def test_a_durable_server_that_takes_writes_is_ready(redis: Client) -> None:
    assert await Gauges(redis).unready() == ""


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [("appendfsync", "everysec", "always"), ("no-appendfsync-on-rewrite", "yes", "no")],
)
async def test_a_server_that_would_lose_something_is_not(redis: Client, setting: str, value: str, wanted: str) -> None:
    await redis.config_set(setting, value)
    try:
        assert await Gauges(redis).unready() == f"{setting} is {value}, not {wanted}"
    finally:
        await redis.config_set(setting, wanted)


async def test_a_server_that_is_gone_is_not(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    valkey.kill()
    assert "StoreUnavailable" in await Gauges(redis).unready()
    await redis.aclose()


async def test_mails_that_stand_still_for_a_quarter_of_an_hour_are_a_reason(redis: Client, facts: ClinicFacts) -> None:
    desk = Desk(redis, facts, "smtp://127.0.0.1:9", SetClock(datetime.now(UTC)))
    desk.clock.forward(-16 * 60)
    await desk.accept()
    assert "has been due for 9" in await Gauges(redis).unready()

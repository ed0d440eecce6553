"""Whether the store is ready, as ops and the load balancer are told: durable, there, and its mails moving."""

from datetime import UTC, datetime

import pytest

from clinic.facts import ClinicFacts
from clinic.store import Gauges, connect
from tests.support.clock import SetClock
from tests.support.service import Service
from tests.support.valkey import Client, Valkey


async def test_a_durable_server_that_takes_writes_is_ready(redis: Client) -> None:
    assert await Gauges(redis).unready() == ""


@pytest.mark.parametrize(
    ("setting", "value", "wanted"),
    [("appendfsync", "everysec", "always"), ("no-appendfsync-on-rewrite", "yes", "no")],
)
async def test_a_server_that_would_lose_something_is_not_ready(
    redis: Client, setting: str, value: str, wanted: str
) -> None:
    await redis.config_set(setting, value)
    try:
        assert await Gauges(redis).unready() == f"{setting} is {value}, not {wanted}"
    finally:
        await redis.config_set(setting, wanted)


async def test_a_server_that_is_gone_is_not_ready(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    valkey.kill()
    assert "StoreUnavailable" in await Gauges(redis).unready()
    await redis.aclose()


async def test_mails_that_stand_still_for_a_quarter_of_an_hour_are_a_reason_not_to_be_ready(
    redis: Client, facts: ClinicFacts
) -> None:
    service = Service(redis, facts, "smtp://127.0.0.1:9", SetClock(datetime.now(UTC)))
    service.clock.forward(-16 * 60)
    await service.accept()
    assert "has been due for 9" in await Gauges(redis).unready()

"""An intake can say that it is there to a server that takes no enquiry, for it still answers visitors."""

from clinic.store import Gauges, Presence
from tests.support.valkey import Client


async def test_an_intake_is_there_though_the_server_is_full(redis: Client) -> None:
    await redis.config_set("maxmemory", "1")
    try:
        await Presence(redis, "intake-one").say()
    finally:
        await redis.config_set("maxmemory", "0")
    [seen_ms] = (await Gauges(redis).read()).intakes_ms
    assert seen_ms < 1000

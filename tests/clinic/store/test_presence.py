"""Presence: an intake is there while it says so, and one that was stopped long ago is forgotten."""

import time

from clinic.store import Gauges, Presence
from clinic.store.store import FORGOTTEN_MS
from tests.support.valkey import Client


async def test_each_intake_is_counted_and_one_of_long_ago_is_forgotten(redis: Client) -> None:
    await redis.zadd("intakes", {"intake-old": int(time.time() * 1000) - FORGOTTEN_MS - 1000})
    await Presence(redis, "intake-one").say()
    await Presence(redis, "intake-two").say()
    seen = (await Gauges(redis).read()).intakes_ms
    assert len(seen) == 2
    assert max(seen) < 1000

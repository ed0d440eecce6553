"""Limits, counted in a real server: exact under a crowd, blind to who it is, and never in a patient's way."""

import asyncio

import pytest

from clinic.errors import ConfigurationError
from clinic.seal import Blinder
from clinic.store import connect
from intake.rates import RedisRates
from tests.support.valkey import Client, Valkey

LIMITS = {"limit_per_address": "5 per 10 minutes", "limit_per_recipient": "1 per day; 3 per 30 days"}


def rates(redis: Client) -> RedisRates:
    return RedisRates(redis.connection_pool, Blinder("s" * 32, "limits"), LIMITS)


async def test_a_crowd_at_once_gets_exactly_what_the_limit_says(redis: Client) -> None:
    counting = [rates(redis), rates(redis)]
    answers = await asyncio.gather(*(counting[n % 2].within("limit_per_address", "a") for n in range(40)))
    assert sum(answers) == 5
    assert await rates(redis).within("limit_per_address", "b")


async def test_of_two_limits_the_tighter_one_counts(redis: Client) -> None:
    counting = rates(redis)
    assert [await counting.within("limit_per_recipient", "jo@example.com") for _ in range(3)] == [True, False, False]


async def test_names_in_the_store_say_nothing_of_anybody(redis: Client) -> None:
    await rates(redis).within("limit_per_recipient", "jo@example.com")
    stored = b" ".join(await redis.keys("*"))
    assert stored
    assert b"jo" not in stored
    assert b"example" not in stored


async def test_a_server_that_is_gone_limits_nobody(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    counting = rates(redis)
    assert await counting.within("limit_per_address", "a")
    valkey.kill()
    assert await counting.within("limit_per_address", "a")
    await redis.aclose()


@pytest.mark.parametrize("limit", ["", "many", "5", "5 per fortnight"])
def test_what_is_no_limit_is_refused_with_an_example(redis: Client, limit: str) -> None:
    with pytest.raises(ConfigurationError, match=r"LIMIT_PER_ADDRESS: .* is no limit: write it like"):
        RedisRates(redis.connection_pool, Blinder("s" * 32, "limits"), {"limit_per_address": limit})

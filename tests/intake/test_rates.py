"""Limits, counted in a real server: exact under a crowd, blind to who it is, and never in a patient's way."""

import asyncio

import pytest

from clinic.errors import ConfigurationError
from clinic.seal import Blinder
from clinic.store import Store, connect
from intake.rates import StoreRates
from tests.support.clock import SetClock
from tests.support.valkey import Client, Valkey

LIMITS = {"limit_per_address": "5 per 10 minutes", "limit_per_recipient": "1 per day; 3 per 30 days"}


def rates(redis: Client, clock: SetClock | None = None) -> StoreRates:
    return StoreRates(Store(redis, clock), Blinder("s" * 32, "limits"), LIMITS)


async def within(counting: StoreRates, name: str, who: str) -> bool:
    return await counting.within([(name, who)])


async def test_a_crowd_at_once_gets_exactly_what_the_limit_says(redis: Client) -> None:
    counting = [rates(redis), rates(redis)]
    answers = await asyncio.gather(*(within(counting[n % 2], "limit_per_address", "a") for n in range(40)))
    assert sum(answers) == 5
    assert await within(rates(redis), "limit_per_address", "b")


async def test_of_two_limits_the_tighter_one_counts(redis: Client) -> None:
    counting = rates(redis)
    assert [await within(counting, "limit_per_recipient", "jo@example.com") for _ in range(3)] == [True, False, False]


async def test_each_limit_counts_for_itself_also_beside_one_that_is_exceeded(redis: Client) -> None:
    counting = rates(redis)
    for _ in range(5):
        assert await within(counting, "limit_per_address", "a")
    assert not await counting.within([("limit_per_address", "a"), ("limit_per_recipient", "a")])
    assert not await within(counting, "limit_per_recipient", "a")
    assert await within(counting, "limit_per_recipient", "b")


async def test_names_in_the_store_say_nothing_of_anybody(redis: Client) -> None:
    await within(rates(redis), "limit_per_recipient", "jo@example.com")
    stored = b" ".join(await redis.keys("*"))
    assert stored
    assert b"jo" not in stored
    assert b"example" not in stored


async def test_a_server_that_is_gone_limits_nobody(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    counting = rates(redis)
    assert await within(counting, "limit_per_address", "a")
    valkey.kill()
    assert await within(counting, "limit_per_address", "a")
    await redis.aclose()


@pytest.mark.parametrize("limit", ["", "many", "5", "5 per fortnight"])
def test_what_is_no_limit_is_refused_with_an_example(redis: Client, limit: str) -> None:
    with pytest.raises(ConfigurationError, match=r"LIMIT_PER_ADDRESS: .* is no limit: write it like"):
        StoreRates(Store(redis), Blinder("s" * 32, "limits"), {"limit_per_address": limit})


async def test_a_limit_moves_with_the_time(redis: Client) -> None:
    clock = SetClock()
    counting = rates(redis, clock)
    answers = []
    for _ in range(12):
        answers.append(await within(counting, "limit_per_address", "a"))
        clock.forward(60)
    # Five in the first minutes; each makes room ten minutes after it was counted.
    assert answers == [True] * 5 + [False] * 5 + [True] * 2


async def test_of_two_windows_the_wider_one_holds_when_the_narrower_is_over(redis: Client) -> None:
    clock = SetClock()
    counting = rates(redis, clock)
    answers = []
    for _ in range(5):
        answers.append(await within(counting, "limit_per_recipient", "jo@example.com"))
        clock.forward(24 * 3600)
    assert answers == [True, True, True, False, False]


async def test_what_is_counted_is_forgotten_with_its_time(redis: Client) -> None:
    await within(rates(redis), "limit_per_address", "a")
    [key] = await redis.keys("limit:*")
    assert 599_000 < await redis.pttl(key) <= 600_000
    assert await redis.llen(key) == 1


async def test_a_count_that_does_not_come_in_time_holds_nobody_up(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    counting = StoreRates(Store(redis), Blinder("s" * 32, "limits"), LIMITS, seconds=0.05)
    for _ in range(5):
        assert await within(counting, "limit_per_address", "a")
    valkey.freeze()
    async with asyncio.timeout(2):
        assert await within(counting, "limit_per_address", "a")
    valkey.thaw()
    await redis.aclose()

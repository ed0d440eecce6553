"""The canary: it goes the whole way, never two at once, and says nothing of the relay."""

from collections.abc import AsyncIterator

import pytest

from clinic.delivery import Lane, State
from clinic.facts import ClinicFacts
from clinic.store import Gauges, Store
from clinic.store.words import Settlement
from tests.support.clock import SetClock
from tests.support.relay import Answer, ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client


@pytest.fixture
async def service(redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> AsyncIterator[Service]:
    made = Service(redis, facts, relay.url, SetClock())
    yield made
    await made.close()


async def test_a_canary_goes_the_whole_way_and_never_two_at_once(redis: Client, service: Service) -> None:
    store = Store(redis, service.clock)
    await store.errands()
    await store.errands()
    assert await redis.zcard("diary") == 2
    assert (await Gauges(redis).read()).canary_ms is None
    await service.work()
    assert await redis.zcard("diary") == 0
    reading = await Gauges(redis).read()
    assert reading.canary_ms is not None
    service.clock.forward(14)
    await store.errands()
    assert await redis.zcard("diary") == 0
    service.clock.forward(2)
    await store.errands()
    assert await redis.zcard("diary") == 1


async def test_a_canary_that_comes_back_is_no_sign_of_the_relay(
    redis: Client, service: Service, relay: ScriptedRelay
) -> None:
    relay.script["CONNECT"] = lambda _line: Answer(None, drop=True)
    await service.accept()
    await service.work()
    assert await redis.zcard("stranded") == 2
    await service.store.errands()
    await service.work()
    assert await redis.exists("relay-answered") == 0
    assert await redis.zcard("stranded") == 2


@pytest.mark.parametrize("begun", [False, True])
async def test_one_that_does_not_come_back_is_waited_for(redis: Client, *, begun: bool) -> None:
    clock = SetClock()
    store = Store(redis, clock)
    await store.errands()
    claims = await store.claim(Lane.RECEPTION, 9)
    if begun:
        await store.hold(claims, State.SENDING)
    before = [await redis.hgetall(f"deliveries:{claim.reference}") for claim in claims]
    clock.forward(600)
    await store.errands()
    assert [await redis.hgetall(f"deliveries:{claim.reference}") for claim in claims] == before
    assert await store.settle([Settlement(claim, State.SENT, "back") for claim in claims]) == [True, True]

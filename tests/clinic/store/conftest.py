"""What a test of the store may ask for: a store whose clock is set."""

import pytest

from clinic.store import Store
from tests.support.clock import SetClock
from tests.support.valkey import Client


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def store(redis: Client, clock: SetClock) -> Store:
    made = Store(redis, clock)
    await made.keep_facts("facts1", b"{}")
    return made

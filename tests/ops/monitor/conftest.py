"""What a test of the monitor may ask for: a service whose relay is scripted, now."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from clinic.facts import ClinicFacts
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client


@pytest.fixture
async def service(redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> AsyncIterator[Service]:
    made = Service(redis, facts, relay.url, SetClock(datetime.now(UTC)))
    yield made
    await made.close()

"""What a test of the desk may ask for: its accounts, and reception before it."""

from collections.abc import AsyncIterator

import pytest

from clinic.facts import ClinicFacts
from intake.desk import Accounts
from tests.intake.desk.reception import LINE, Reception
from tests.intake.stand_ins import ListRates
from tests.support.valkey import Client


@pytest.fixture
def accounts() -> Accounts:
    name, _, hashed = LINE.partition(":")
    return Accounts({name: hashed})


@pytest.fixture
async def reception(
    redis: Client, facts: ClinicFacts, accounts: Accounts, rates: ListRates
) -> AsyncIterator[Reception]:
    made = Reception(redis, facts, accounts, rates)
    async with made.client:
        yield made

"""The intake as a test meets it: in this process, with an acceptance that keeps a list."""

from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest
from starlette.types import ASGIApp

from clinic.acceptance import Acceptance
from clinic.facts import ClinicFacts
from intake.app import create_app
from tests.intake.stand_ins import MONDAY_MORNING, SECRETS, ListAcceptance, ListMarks, ListRates
from tests.support.clock import SetClock


@pytest.fixture
def clock() -> SetClock:
    return SetClock(MONDAY_MORNING)


@pytest.fixture
def acceptance(clock: SetClock) -> ListAcceptance:
    return ListAcceptance(clock)


@pytest.fixture
def rates() -> ListRates:
    return ListRates()


@pytest.fixture
def marks(clock: SetClock) -> ListMarks:
    return ListMarks(clock)


@pytest.fixture
def app(facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock, rates: ListRates, marks: ListMarks) -> ASGIApp:
    return create_app(facts, cast(Acceptance, acceptance), clock, SECRETS, rates, marks)


@pytest.fixture
async def client(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://intake.test") as client:
        yield client

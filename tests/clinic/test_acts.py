"""What staff did is remembered, also where the secret is lost under which it was kept who they were."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from clinic.acts import Act, Acts, Contact
from clinic.facts import ClinicFacts
from clinic.seal import Seal
from tests.support.clock import SetClock
from tests.support.service import Service
from tests.support.valkey import Client

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def service(redis: Client, facts: ClinicFacts) -> AsyncIterator[Service]:
    made = Service(redis, facts, "smtp://127.0.0.1:9", SetClock())
    yield made
    await made.close()


async def test_an_act_of_a_lost_secret_is_told_without_who_did_it(service: Service) -> None:
    reference, at = (await service.accept()).reference, service.clock.at
    lost, acts = Acts(service.staff, Seal(["o" * 40])), Acts(service.staff, service.seal)
    assert await lost.note(reference, "Jo", "Rang, no answer")
    service.clock.forward(60)
    assert await acts.note(reference, "Sam", "Rang again")
    assert await acts.history(reference) == [
        Act(at, "noted", None, None),
        Act(at + MINUTE, "noted", "Sam", "Rang again"),
    ]


async def test_whoever_marks_an_enquiry_after_a_secret_was_lost_is_told_that_it_is_marked(service: Service) -> None:
    reference = (await service.accept()).reference
    lost, acts = Acts(service.staff, Seal(["o" * 40])), Acts(service.staff, service.seal)
    await lost.note(reference, "Jo", "Rang, no answer")
    assert await acts.mark(reference, "Sam") == Contact(service.clock.at, "Sam", new=True)


async def test_a_mark_of_a_lost_secret_still_counts(service: Service) -> None:
    reference, at = (await service.accept()).reference, service.clock.at
    lost, acts = Acts(service.staff, Seal(["o" * 40])), Acts(service.staff, service.seal)
    await lost.mark(reference, "Jo")
    service.clock.forward(60)
    assert await acts.mark(reference, "Sam", "Rang too") == Contact(at, None, new=False)
    assert await acts.of(reference) == Contact(at, None, new=False)
    assert await acts.reopen(reference, "Sam")
    assert await acts.reopened(reference) == Contact(at + MINUTE, "Sam", new=False)

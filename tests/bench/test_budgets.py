"""Budgets: what an enquiry and a mail may cost in calls, commands and bytes, which no busy machine changes."""

import asyncio
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import cast

from clinic.acceptance import Acceptance
from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts
from clinic.record import Record
from clinic.seal import Blinder, Seal
from clinic.store import Store
from clinic.store.words import NewEnquiry, Settlement, Stored
from tests.support.clock import SetClock
from tests.support.valkey import Client
from workers.mails import letter, packaged
from workers.stencils import Stencils

SECRET = "s" * 32
ENQUIRY = Enquiry(
    name="Sam Okafor",
    email="sam.okafor@example.org",
    phone="01632 960456",
    message="My lower back has hurt on one side for about three weeks. Could I see somebody next week?",
)
# Each is what was counted when it was set, and a tenth more: who exceeds one has made something slower.
CALLS = {Kind.CONFIRMATION: 150, Kind.ALERT: 270}
CALLS_TO_ACCEPT = 150
COMMANDS_A_MAIL = 3
BYTES_EACH = 2_000


class Kept:
    """A store that takes everything at once."""

    async def accept(self, new: NewEnquiry, _seconds: float) -> Stored:
        return Stored(new.reference, new.received_ms, repeated=False)


def calls(work: Callable[[], object]) -> int:
    """Return how many functions are called, in Python and in C, the second time that something is done."""
    work()
    counted = 0

    def count(_frame: object, event: str, _what: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return counted


def test_composing_a_mail_stays_within_its_budget(facts: ClinicFacts) -> None:
    # A clinic of its own: caches would compare it, word by word, with an equal one that another test has left in them.
    facts = facts.model_copy(update={"name": "Budget Physiotherapy"})
    record = Record(
        reference="CFGH3467", received_at=datetime(2026, 11, 23, 12, tzinfo=UTC), facts=facts.edition(), enquiry=ENQUIRY
    )
    counted = {}
    stencils = Stencils(packaged())
    for kind in CALLS:
        name = DeliveryName(kind)
        assert letter(name, record, facts, stencils=stencils)
        counted[kind] = calls(lambda name=name: letter(name, record, facts, stencils=stencils))  # type: ignore[misc]  # a default
    assert {kind: count for kind, count in counted.items() if count > CALLS[kind]} == {}


def test_accepting_an_enquiry_stays_within_its_budget(facts: ClinicFacts) -> None:
    acceptance = Acceptance(cast(Store, Kept()), facts, Seal([SECRET]), Blinder(SECRET, "idempotency"), SetClock())
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        work = lambda: loop.run_until_complete(  # noqa: E731 - it is short
            acceptance.accept(ENQUIRY, idempotency_key="key", body=b"body")
        )
        assert calls(work) <= CALLS_TO_ACCEPT


async def test_the_store_is_asked_once_for_an_enquiry_and_thrice_for_a_mail(redis: Client, facts: ClinicFacts) -> None:
    store = Store(redis)
    acceptance = Acceptance(store, facts, Seal([SECRET]), Blinder(SECRET, "idempotency"), SetClock())
    await acceptance.accept(ENQUIRY, idempotency_key=None, body=b"body")
    await redis.config_resetstat()
    for number in range(16):
        await acceptance.accept(ENQUIRY, idempotency_key=f"{number}", body=b"body")
    stats = await redis.info("commandstats")
    assert stats["cmdstat_evalsha"]["calls"] == 16
    await redis.config_resetstat()
    claims = await store.claim(Lane.PATIENT, 16)
    for claim in claims:
        assert await store.hold([claim], State.SENDING) == [True]
        assert await store.settle([Settlement(claim, State.SENT, "dot-250")]) == [True]
    stats = await redis.info("commandstats")
    assert len(claims) == 16
    assert stats["cmdstat_evalsha"]["calls"] <= COMMANDS_A_MAIL * len(claims)


async def test_a_waiting_enquiry_takes_little_of_the_store(redis: Client, facts: ClinicFacts) -> None:
    acceptance = Acceptance(Store(redis), facts, Seal([SECRET]), Blinder(SECRET, "idempotency"), SetClock())
    await acceptance.accept(ENQUIRY, idempotency_key=None, body=b"body")
    before = int((await redis.info("memory"))["used_memory"])
    for _ in range(200):
        await acceptance.accept(ENQUIRY, idempotency_key=None, body=b"body")
    assert (int((await redis.info("memory"))["used_memory"]) - before) / 200 <= BYTES_EACH


def test_a_budget_that_is_exceeded_is_seen() -> None:
    assert calls(lambda: [len(str(number)) for number in range(100)]) >= 100

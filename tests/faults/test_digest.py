"""The digest at opening: once, whole, whatever the clocks do and whoever is killed, with real mails to a real relay."""

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from clinic.acts import Acts
from clinic.delivery import Lane, State
from clinic.digest import AFTER_OPENING
from clinic.facts import Alerts, ClinicFacts
from clinic.screening import Screening
from clinic.store.accepting import LATE_DIGEST_MS
from clinic.store.store import LEASE_MS
from tests.faults.bench import Bench
from tests.support.patients import enquiry
from tests.support.relay import Answer, ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client

SUNDAY_EVENING = datetime(2026, 11, 22, 21, tzinfo=UTC)
MONDAY_OPENING = datetime(2026, 11, 23, 8, tzinfo=UTC)
WAITS = "D20261123T080000Z"


def digests(relay: ScriptedRelay) -> list[bytes]:
    """Return the digests that the relay took, in their order."""
    return [mail.content for mail in relay.taken if b".digest-0@" in mail.content]


def listed(content: bytes, references: list[str]) -> set[str]:
    """Return which of these references a digest lists."""
    text = content.decode().replace("=\r\n", "")
    return {one for one in references if f"{one[:4]} {one[4:]}" in text}


@pytest.fixture
async def bench(redis: Client, facts: ClinicFacts, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    made = Bench(redis, facts, ScriptedRelay(), tmp_path_factory.mktemp("bench"))
    made.clock.at = SUNDAY_EVENING
    return made


async def accept(service: Service, *numbers: int) -> list[str]:
    return [(await service.accept(number)).reference for number in numbers]


async def test_all_that_came_in_while_closed_is_on_one_digest_at_opening(bench: Bench) -> None:
    async with bench.relay:
        service = bench.service()
        references = await accept(service, 0, 1, 2)
        await service.work()
        assert digests(bench.relay) == []
        bench.clock.at = MONDAY_OPENING
        await service.work()
        assert digests(bench.relay) == []
        bench.clock.at += AFTER_OPENING
        await service.work()
        await accept(service, 3)
        await service.work_off()
        (one,) = digests(bench.relay)
        assert listed(one, references) == set(references)
        await service.close()


async def test_held_alerts_go_out_at_opening_before_the_digest(bench: Bench) -> None:
    holding = bench.facts.model_copy(update={"alerts": Alerts(out_of_hours="hold")})
    async with bench.relay:
        service = bench.service(facts=holding)
        await accept(service, 0, 1)
        await service.work()
        assert not [mail for mail in bench.relay.taken if b".alert-0@" in mail.content]
        await service.work_off()
        kinds = [mail.content.split(b"Message-ID: <")[1].split(b"@")[0].split(b".")[1] for mail in bench.relay.taken]
        assert kinds == [b"confirmation", b"confirmation", b"alert-0", b"alert-0", b"digest-0"]
        await service.close()


async def test_enquiries_that_come_at_once_are_all_on_it_and_a_repeated_one_once(bench: Bench) -> None:
    async with bench.relay:
        service = bench.service()
        accepted = await asyncio.gather(*(service.accept(number, key=f"k{number % 20}") for number in range(20)))
        accepted += await asyncio.gather(*(service.accept(number, key=f"k{number % 20}") for number in range(20)))
        references = sorted({one.reference for one in accepted})
        assert len(references) == 20
        assert sorted(name.decode() for name in await bench.redis.lrange(f"digest:{WAITS}", 0, -1)) == references
        await service.work_off()
        (one,) = digests(bench.relay)
        assert listed(one, references) == set(references)
        await service.close()


async def test_whoever_comes_after_the_digest_began_is_on_a_late_one(bench: Bench) -> None:
    async with bench.relay:
        service, slow = bench.service(), bench.service()
        early = await accept(service, 0)
        bench.clock.at = MONDAY_OPENING + AFTER_OPENING
        await service.work()
        # An intake whose clock is behind: it still is closed, and its enquiries belong to a digest that has gone.
        slow.acceptance._clock = type(bench.clock)()
        slow.acceptance._clock.at = MONDAY_OPENING - timedelta(minutes=2)
        late = await accept(slow, 1, 2)
        await service.work()
        assert len(digests(bench.relay)) == 1
        bench.clock.forward(LATE_DIGEST_MS / 1000)
        await service.work()
        later = await accept(slow, 3)
        await service.work_off()
        everybody = [*early, *late, *later]
        assert [listed(one, everybody) for one in digests(bench.relay)] == [set(early), set(late), set(later)]
        await service.close()
        await slow.close()


async def test_a_clock_that_jumps_an_hour_loses_nobody_and_lists_nobody_twice(bench: Bench) -> None:
    async with bench.relay:
        service = bench.service()
        bench.clock.at = MONDAY_OPENING - timedelta(minutes=30)
        references: list[str] = []
        for number, hours in enumerate((1, -1, 1, -1, 2, -2)):
            references += await accept(service, number)
            bench.clock.forward(3600 * hours)
            await service.work()
        bench.clock.at = MONDAY_OPENING + timedelta(hours=3)
        await service.work_off()
        found = [one for mail in digests(bench.relay) for one in listed(mail, references)]
        while_closed = references[::2]
        assert sorted(found) == sorted(while_closed)
        await service.close()


async def test_before_the_dot_it_is_tried_again_with_the_same_bytes(bench: Bench) -> None:
    async with bench.relay:
        service = bench.service()
        await accept(service, 0, 1)
        await service.work()
        bench.clock.at = MONDAY_OPENING + AFTER_OPENING
        bench.relay.first("RCPT", 2, b"451 4.3.0 later\r\n")
        await service.work_off()
        assert len(digests(bench.relay)) == 1
        assert (await service.states())[f"{WAITS}/digest-0"] == "sent dot-250"
        await service.close()


async def test_after_the_dot_it_never_goes_again_but_is_listed_for_a_human(bench: Bench) -> None:
    async with bench.relay:
        service = bench.service()
        await accept(service, 0)
        await service.work()
        bench.clock.at = MONDAY_OPENING + AFTER_OPENING
        bench.relay.script["DOT"] = lambda _line: Answer(None, drop=True)
        await service.work_off()
        assert len(digests(bench.relay)) == 1
        assert (await service.states())[f"{WAITS}/digest-0"] == "in_doubt dot-silence"
        assert f"{WAITS}/digest-0".encode() in await bench.redis.zrange("attention", 0, -1)
        await service.close()


async def test_a_worker_killed_while_it_left_leaves_a_doubt_and_no_second_mail(bench: Bench) -> None:
    async with bench.relay:
        service = bench.service()
        await accept(service, 0)
        await service.work()
        bench.clock.at = MONDAY_OPENING + AFTER_OPENING
        (claim,) = await service.store.claim(Lane.RECEPTION, 9)
        assert await service.store.hold([claim], State.SENDING) == [True]
        bench.clock.forward(LEASE_MS / 1000 + 1)
        await service.work_off()
        assert digests(bench.relay) == []
        assert (await service.states())[f"{WAITS}/digest-0"] == "in_doubt dot-killed"
        await service.close()


async def test_a_record_that_is_gone_is_named_and_the_others_are_listed(bench: Bench) -> None:
    async with bench.relay:
        service = bench.service()
        gone, there = await accept(service, 0, 1)
        await service.work()
        await bench.redis.delete(f"enquiry:{gone}")
        bench.clock.at = MONDAY_OPENING + AFTER_OPENING
        await service.work_off()
        (one,) = digests(bench.relay)
        assert b"2 enquiries came in" in one
        assert listed(one, [gone, there]) == {gone, there}
        await service.close()


async def test_it_tells_of_what_else_waits_for_reception(bench: Bench) -> None:
    async with bench.relay:
        bench.clock.at = datetime(2026, 11, 20, 12, tzinfo=UTC)
        service = bench.service()
        bench.relay.script["RCPT"] = lambda line: Answer(b"550 no such user\r\n") if "patient-1@" in line else None
        late, lost, done = await accept(service, 0, 1, 2)
        await service.work()
        bench.clock.at = datetime(2026, 11, 21, 12, tzinfo=UTC)
        aside = await service.acceptance.accept(
            enquiry(3), idempotency_key=None, body=b"", screening=Screening(quarantined="trap")
        )
        await service.work()
        await Acts(service.staff, service.seal).mark(done, "jo")
        bench.clock.at = datetime(2026, 11, 22, 12, tzinfo=UTC)
        [new] = await accept(service, 4)
        await service.work_off(48)
        (one,) = digests(bench.relay)
        text, _, _ = one.partition(b"text/html")
        parts = re.split(b"Overdue\r\n|Could not be emailed\r\n|Set aside\r\n", text)
        everybody = [late, lost, done, aside.reference, new]
        assert [listed(part, everybody) for part in parts] == [
            {new},
            {late, lost},
            {lost},
            {aside.reference},
        ]
        await service.close()

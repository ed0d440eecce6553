"""The promise is watched: reminded, escalated, in open hours only, and never again once somebody has been in touch."""

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.acts import Acts
from clinic.clock import milliseconds
from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.facts import ClinicFacts, Reminders
from clinic.records import Records
from clinic.screening import Screening
from clinic.seal import Seal
from clinic.store import Gauges, Undelivered
from clinic.store.store import LEASE_MS
from tests.support.clock import SetClock
from tests.support.patients import enquiry
from tests.support.relay import Answer, ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client
from workers.attempt import ClaimLost

LONDON = ZoneInfo("Europe/London")
MANAGER = "manager@clinic.example"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.fixture
def watched(facts: ClinicFacts) -> ClinicFacts:
    quiet = facts.alerts.model_copy(update={"digest": False})
    return facts.model_copy(update={"alerts": quiet, "reminders": Reminders(manager=(MANAGER,))})


def told(relay: ScriptedRelay) -> list[str]:
    """Return the subjects of what went to the clinic after the alert, with its first words only."""
    subjects = [mail.message["Subject"] for mail in relay.taken]
    return [subject.split(":")[0] for subject in subjects if subject.startswith(("Reminder", "Reply due"))]


async def pass_until(service: Service, at: datetime) -> None:
    """Carry all that comes due until an instant."""
    while (due := await service.next_due()) is not None and due <= at:
        service.clock.at = max(service.clock.at, due)
        await service.work()
    service.clock.at = max(service.clock.at, at)
    await service.work()


@pytest.mark.parametrize(
    ("received", "reminder", "escalation"),
    [
        ("2026-11-23 10:00", "2026-11-23 13:00", "2026-11-23 14:00"),
        ("2026-11-21 19:00", "2026-11-23 10:00", "2026-11-23 11:00"),
        ("2026-12-24 18:00", "2026-12-29 09:00", "2026-12-29 10:00"),
        ("2026-03-28 19:30", "2026-03-30 10:30", "2026-03-30 11:30"),
        ("2026-10-24 19:30", "2026-10-26 10:30", "2026-10-26 11:30"),
    ],
    ids=["a weekday", "a weekend", "bank holidays", "the start of summer time", "its end"],
)
async def test_an_enquiry_left_alone_is_reminded_and_escalated_once_at_its_hour(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay, received: str, reminder: str, escalation: str
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local(received)))
    await service.accept()
    await pass_until(service, local(reminder))
    await service.work()
    assert told(relay) == ["Reminder"]
    await pass_until(service, local(escalation))
    assert told(relay) == ["Reminder", "Reply due"]
    assert relay.taken[-1].to == MANAGER
    await service.work_off()
    assert told(relay) == ["Reminder", "Reply due"]
    await service.close()


async def test_nothing_goes_before_its_hour(redis: Client, watched: ClinicFacts, relay: ScriptedRelay) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    await service.accept()
    await pass_until(service, local("2026-11-23 12:59"))
    assert told(relay) == []
    await service.close()


@pytest.mark.parametrize("sent_again", [False, True], ids=["by itself", "sent again by staff"])
async def test_a_reminder_that_failed_and_then_waits_for_the_opening_is_nobody_s_worry_meanwhile(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay, sent_again: bool
) -> None:
    """Else it counted as late all night, and rang for whoever is on call."""
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 16:50")))
    accepted = await service.accept()
    await service.work()
    if sent_again:
        relay.always("RCPT", b"550 5.1.1 nobody\r\n")
        await pass_until(service, local("2026-11-23 19:51"))
        acts = Acts(service.staff, service.seal)
        assert await acts.replay(accepted.reference, DeliveryName(Kind.REMINDER), "Jo")
    relay.always("RCPT", b"451 4.7.1 later\r\n")
    await pass_until(service, local("2026-11-23 19:55"))
    assert await redis.zcard("retrying") == 1
    await pass_until(service, local("2026-11-24 07:59"))
    assert await redis.zcard("retrying") == 0
    relay.always("RCPT", b"250 2.1.5 ok\r\n")
    await pass_until(service, local("2026-11-24 08:01"))
    assert told(relay) == ["Reminder"]
    await service.close()


@pytest.mark.parametrize("at", ["2026-11-23 10:30", "2026-11-23 13:30"])
async def test_once_somebody_has_been_in_touch_nobody_is_reminded(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay, at: str
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    accepted = await service.accept()
    await pass_until(service, local(at))
    before = told(relay)
    marked = await Acts(service.staff, service.seal).mark(accepted.reference, "Jo at the desk")
    assert marked
    assert (marked.new, marked.by, marked.at) == (True, "Jo at the desk", local(at))
    await service.work_off()
    assert told(relay) == before
    assert await redis.zcard("open") == 0
    await service.close()


@pytest.mark.parametrize(
    ("marked", "reopened", "then"),
    [
        ("2026-11-23 10:30", "2026-11-23 11:00", {"13:00": ["Reminder"], "14:00": ["Reminder", "Reply due"]}),
        ("2026-11-23 10:30", "2026-11-23 13:20", {"13:20": ["Reminder"], "14:00": ["Reminder", "Reply due"]}),
        ("2026-11-23 13:30", "2026-11-23 13:40", {"13:59": ["Reminder"], "14:00": ["Reminder", "Reply due"]}),
        ("2026-11-23 10:30", "2026-12-07 09:00", {"09:00": ["Reminder", "Reply due"]}),
    ],
    ids=["before both", "after the reminder's time", "when it was sent", "a fortnight later"],
)
async def test_one_that_was_marked_by_mistake_is_chased_again_at_its_hour_and_what_was_sent_is_not_repeated(
    redis: Client,
    watched: ClinicFacts,
    relay: ScriptedRelay,
    marked: str,
    reopened: str,
    then: dict[str, list[str]],
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    accepted = await service.accept()
    acts = Acts(service.staff, service.seal, service.records)
    promised = await redis.zscore("open", accepted.reference)
    await pass_until(service, local(marked))
    await acts.mark(accepted.reference, "Jo")
    await pass_until(service, local(reopened))
    assert await acts.reopen(accepted.reference, "Sam")
    assert not await acts.reopen(accepted.reference, "Sam")
    assert await acts.of(accepted.reference) is None
    assert await redis.zscore("open", accepted.reference) == promised
    assert await redis.zcard("contacted") == 0
    for time, subjects in then.items():
        await pass_until(service, local(f"{reopened[:10]} {time}"))
        assert sorted(told(relay)) == subjects
    await service.work_off()
    assert sorted(told(relay)) == ["Reminder", "Reply due"]
    await acts.mark(accepted.reference, "Jo")
    assert await redis.zcard("open") == 0
    await service.close()


async def test_what_failed_before_the_patient_was_contacted_is_replayed_by_nobody_and_goes_out_where_that_was_a_mistake(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    accepted = await service.accept()
    await service.work()
    relay.always("RCPT", b"550 5.1.1 nobody\r\n")
    await pass_until(service, local("2026-11-23 14:30"))
    relay.script.clear()
    failed = [name for _, name, *_ in await Undelivered(redis).failed(9)]
    assert failed == [DeliveryName(Kind.REMINDER), DeliveryName(Kind.ESCALATION)]
    acts = Acts(service.staff, service.seal, service.records)
    await acts.mark(accepted.reference, "Jo")
    # The alarm is over, and who was quick to see to it sends nothing either.
    assert (await Gauges(redis).read()).count("failed") == 0
    for name in failed:
        assert not await acts.replay(accepted.reference, name, "ops")
    await service.work()
    assert told(relay) == []
    assert await acts.reopen(accepted.reference, "Sam")
    await service.work_off()
    assert sorted(told(relay)) == ["Reminder", "Reply due"]
    assert (await Gauges(redis).read()).count("failed") == 0
    await service.close()


async def test_one_whose_record_can_t_be_read_is_due_at_once_when_it_is_reopened(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    accepted = await service.accept()
    records = Records(service.store, Seal(["another secret of more than 32 letters"]), watched)
    acts = Acts(service.staff, service.seal, records)
    await acts.mark(accepted.reference, "Jo")
    assert await acts.reopen(accepted.reference, "Jo")
    assert await redis.zscore("open", accepted.reference) == milliseconds(service.clock.at)
    assert (await service.states())[f"{accepted.reference}/reminder-0"] == "due reopened"
    await service.close()


async def test_whoever_marks_it_second_is_told_who_did_and_when(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    accepted, contacts = await service.accept(), Acts(service.staff, service.seal)
    assert await contacts.of(accepted.reference) is None
    await contacts.mark(accepted.reference, "Jo")
    service.clock.forward(60)
    again = await contacts.mark(accepted.reference, "Sam")
    assert again
    assert (again.new, again.by, again.at) == (False, "Jo", local("2026-11-23 10:00"))
    assert len(await redis.lrange(f"acts:{accepted.reference}", 0, -1)) == 1
    assert await contacts.mark("CFGH3467", "Jo") is None
    assert b"Jo" not in b"".join(await redis.lrange(f"acts:{accepted.reference}", 0, -1))
    await service.close()


async def test_what_is_marked_while_its_reminder_is_being_written_is_not_sent(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    accepted = await service.accept()
    await service.work()
    service.clock.at = local("2026-11-23 13:00")
    [claim] = await service.store.claim(Lane.RECEPTION, 1)
    await Acts(service.staff, service.seal).mark(accepted.reference, "Jo")
    with pytest.raises(ClaimLost):
        await service.attempts.deliver(claim)
    assert told(relay) == []
    await service.close()


async def test_a_reminder_that_comes_late_waits_for_the_clinic_to_open(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 16:00")))
    await service.accept()
    await service.work()
    # No worker ran between seven and nine in the evening.
    service.clock.at = local("2026-11-23 21:00")
    await service.work()
    assert told(relay) == []
    assert await service.next_due() == local("2026-11-24 08:00")
    await pass_until(service, local("2026-11-24 08:00"))
    assert sorted(told(relay)) == ["Reminder", "Reply due"]
    await service.close()


async def test_an_escalation_that_missed_the_closing_is_not_used_up_by_a_closure_of_days(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-12-24 16:00")))
    await service.accept()
    await pass_until(service, local("2026-12-24 19:54"))
    relay.always("RCPT", b"451 later\r\n")
    await pass_until(service, local("2026-12-24 20:10"))
    relay.script.clear()
    assert told(relay) == ["Reminder"]
    await pass_until(service, local("2026-12-29 08:00"))
    assert told(relay) == ["Reminder", "Reply due"]
    await service.close()


async def test_a_reminder_of_long_ago_is_too_old_to_chase_anybody(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-12-01 10:00")))
    accepted = await service.accept()
    await service.work()
    service.clock.at = local("2026-12-05 09:00")
    await service.work()
    assert told(relay) == []
    assert (await service.states())[f"{accepted.reference}/reminder-0"] == "failed too-old"
    await service.close()


async def test_a_worker_that_dies_before_its_dot_leaves_the_reminder_to_another(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    await service.accept()
    await service.work()
    service.clock.at = local("2026-11-23 13:00")
    relay.script["RCPT"] = lambda _line: Answer(None)
    stuck = asyncio.create_task(service.work())
    await asyncio.sleep(0.2)
    stuck.cancel()
    relay.script.clear()
    service.clock.forward(LEASE_MS / 1000 + 1)
    another = Service(redis, watched, relay.url, service.clock)
    await another.work()
    assert told(relay) == ["Reminder"]
    await another.close()
    # What was stuck ends before the test does.
    relay.drop()
    await service.close()
    assert told(relay) == ["Reminder"]


async def test_a_worker_killed_while_a_reminder_left_leaves_a_doubt_that_staff_see_and_no_second_mail(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    accepted = await service.accept()
    await service.work()
    for at, name in (("2026-11-23 13:00", "reminder-0"), ("2026-11-23 14:00", "escalation-0")):
        service.clock.at = local(at)
        [claim] = await service.store.claim(Lane.RECEPTION, 1)
        assert await service.store.hold([claim], State.SENDING) == [True]
        service.clock.forward(LEASE_MS / 1000 + 1)
        await service.work()
        assert (await service.states())[f"{accepted.reference}/{name}"] == "in_doubt dot-killed"
        assert f"{accepted.reference}/{name}".encode() in await redis.zrange("attention", 0, -1)
    await service.work_off()
    assert told(relay) == []
    await service.close()


async def test_an_enquiry_that_is_released_late_gives_whoever_released_it_an_hour(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 08:00")))
    accepted = await service.acceptance.accept(
        enquiry(), idempotency_key=None, body=b"", screening=Screening(quarantined="trap")
    )
    await pass_until(service, local("2026-11-23 15:00"))
    assert relay.taken == []
    await service.staff.release(accepted.reference, b"who")
    await service.work()
    assert (len(relay.taken), told(relay)) == (2, [])
    await pass_until(service, local("2026-11-23 16:00"))
    assert told(relay) == ["Reminder"]
    await pass_until(service, local("2026-11-23 17:00"))
    assert told(relay) == ["Reminder", "Reply due"]
    await service.close()


async def test_what_is_reopened_after_closing_a_fortnight_later_goes_out_when_the_clinic_opens(
    redis: Client, watched: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, watched, relay.url, SetClock(local("2026-11-23 10:00")))
    accepted = await service.accept()
    acts = Acts(service.staff, service.seal, service.records)
    await service.work()
    await acts.mark(accepted.reference, "Jo")
    await pass_until(service, local("2026-12-07 21:00"))
    assert await acts.reopen(accepted.reference, "Sam")
    await service.work()
    assert (await service.states())[f"{accepted.reference}/reminder-0"] == "due reopened:closed"
    await pass_until(service, local("2026-12-08 08:00"))
    assert sorted(told(relay)) == ["Reminder", "Reply due"]
    await service.close()

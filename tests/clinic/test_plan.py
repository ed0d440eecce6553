"""When reception is reminded of an enquiry and when it is escalated: in open hours, whatever the calendar does."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.delivery import DeliveryName, Kind
from clinic.facts import ClinicFacts, Reminders, read_facts
from clinic.hours import ReplyTarget
from clinic.plan import chase_times, first_due, to_reception
from clinic.settings import ROOT

LONDON = ZoneInfo("Europe/London")
FACTS = read_facts(ROOT / "clinic.toml")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("received", "target", "reminder", "escalation"),
    [
        ("2026-11-23 10:00", "4 open hours", "2026-11-23 13:00", "2026-11-23 14:00"),
        # Saturday evening: an hour is left before Sunday.
        ("2026-11-21 19:00", "4 open hours", "2026-11-23 10:00", "2026-11-23 11:00"),
        ("2026-11-22 12:00", "4 open hours", "2026-11-23 11:00", "2026-11-23 12:00"),
        # Christmas Day is a Friday, its Saturday and Monday are bank holidays too.
        ("2026-12-24 18:00", "4 open hours", "2026-12-29 09:00", "2026-12-29 10:00"),
        # The clocks go back and forward in the night to Sunday.
        ("2026-10-24 19:30", "4 open hours", "2026-10-26 10:30", "2026-10-26 11:30"),
        ("2027-03-27 19:30", "4 open hours", "2027-03-30 10:30", "2027-03-30 11:30"),
        # Due as the clinic closes: five minutes before, while there is somebody to read it.
        ("2026-11-23 16:00", "4 open hours", "2026-11-23 19:00", "2026-11-23 19:55"),
        ("2026-11-23 10:00", "1 working day", "2026-11-24 14:30", "2026-11-24 19:55"),
    ],
)
def test_reminder_and_escalation_are_due_by_the_calendar(
    received: str, target: str, reminder: str, escalation: str
) -> None:
    facts = FACTS.model_copy(update={"reply": FACTS.reply.model_copy(update={"target": ReplyTarget.parse(target)})})
    due = chase_times(facts, facts.schedule(), local(received))
    assert due == {Kind.REMINDER: local(reminder), Kind.ESCALATION: local(escalation)}


@pytest.mark.parametrize(
    ("received", "reminder", "escalation"),
    [
        # In the night to Sunday one hour comes twice, or not at all.
        ("2026-10-24T22:30Z", "2026-10-25T01:30Z", "2026-10-25T02:30Z"),
        ("2026-03-28T23:30Z", "2026-03-29T02:30Z", "2026-03-29T03:30Z"),
    ],
)
def test_a_clinic_that_never_closes_counts_four_hours_when_the_clocks_change(
    received: str, reminder: str, escalation: str
) -> None:
    always = FACTS.model_copy(update={"opening_hours": "24/7", "bank_holidays": "none"})
    due = chase_times(always, always.schedule(), datetime.fromisoformat(received))
    assert due == {
        Kind.REMINDER: datetime.fromisoformat(reminder),
        Kind.ESCALATION: datetime.fromisoformat(escalation),
    }


@given(
    st.integers(0, 8 * 365 * 24 * 60).map(
        lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.integers(1, 95),
    st.sampled_from(["30 open minutes", "4 open hours", "40 open hours", "1 working day", "3 working days"]),
)
def test_both_lie_in_open_hours_in_order_and_no_later_than_promised(at: datetime, after: int, target: str) -> None:
    reply = FACTS.reply.model_copy(update={"target": ReplyTarget.parse(target)})
    facts = FACTS.model_copy(update={"reminders": Reminders(after=after), "reply": reply})
    schedule = facts.schedule()
    due = chase_times(facts, schedule, at)
    assert at <= due[Kind.REMINDER] <= due[Kind.ESCALATION] <= schedule.reply_by(at)
    assert schedule.is_open(due[Kind.REMINDER])
    assert schedule.is_open(due[Kind.ESCALATION])
    assert schedule.reply_by(at) - due[Kind.ESCALATION] <= timedelta(minutes=5)


def test_nobody_is_reminded_where_nobody_wants_it() -> None:
    facts = FACTS.model_copy(update={"reminders": Reminders(after=0)})
    assert chase_times(facts, facts.schedule(), local("2026-11-23 10:00")) == {}


def test_a_delivery_is_first_due_when_the_plan_says_so() -> None:
    at, schedule = local("2026-11-23 10:00"), FACTS.schedule()
    assert first_due(DeliveryName(Kind.REMINDER), FACTS, schedule, at) == local("2026-11-23 13:00")
    assert first_due(DeliveryName(Kind.ESCALATION), FACTS, schedule, at) == local("2026-11-23 14:00")
    assert first_due(DeliveryName(Kind.CONFIRMATION), FACTS, schedule, at) == at


def test_an_escalation_goes_to_each_manager_and_to_reception_where_there_is_none() -> None:
    two: ClinicFacts = FACTS.model_copy(
        update={"reminders": Reminders(manager=("a@clinic.example", "b@clinic.example"))}
    )
    assert to_reception(Kind.ESCALATION, two) == [DeliveryName(Kind.ESCALATION, 0), DeliveryName(Kind.ESCALATION, 1)]
    assert two.recipients(Kind.REMINDER) == two.reception
    assert FACTS.recipients(Kind.ESCALATION) == FACTS.reception

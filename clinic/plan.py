"""The plan: which deliveries an enquiry has, and when each is first due."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from clinic.delivery import DeliveryName, Kind
from clinic.facts import ClinicFacts
from clinic.hours import HoursError, Schedule

# Where the reply is due as the clinic closes: while there is still somebody to phone.
BEFORE_CLOSING = timedelta(minutes=5)


def planned(facts: ClinicFacts) -> list[DeliveryName]:
    """Return what every enquiry has: a confirmation, an alert to each address, a notice to each channel."""
    return [DeliveryName(Kind.CONFIRMATION), *to_reception(Kind.ALERT, facts), *to_reception(Kind.NOTICE, facts)]


def to_reception(kind: Kind, facts: ClinicFacts | None) -> list[DeliveryName]:
    """Return one delivery for each address or channel; for the first when the facts can't be read."""
    return [DeliveryName(kind, number) for number in range(len(facts.recipients(kind)) if facts else 1)]


def chase_times(facts: ClinicFacts, schedule: Schedule, received_at: datetime) -> Mapping[Kind, datetime]:
    """Return when reception is reminded, and when it is escalated, of an enquiry that nobody has answered.

    Both lie in open hours. Nothing where nobody wants reminders, or these facts allow no promise.
    """
    if not facts.reminders.after:
        return {}
    try:
        reply_by = schedule.reply_by(received_at)
        reminder = schedule.part_of(received_at, reply_by, facts.reminders.after / 100)
    except HoursError:
        return {}
    escalation = reply_by
    if not schedule.is_open(reply_by):
        escalation = max(reply_by - BEFORE_CLOSING, reminder + (reply_by - reminder) / 2)
    return {Kind.REMINDER: reminder, Kind.ESCALATION: escalation}


def first_due(name: DeliveryName, facts: ClinicFacts, schedule: Schedule, received_at: datetime) -> datetime:
    """Return when a delivery is first due: at once, or at opening for what the clinic wants held.

    Judged at `received_at` only, so that every process and every retry finds the same instant.
    """
    if name.kind.chases:
        return chase_times(facts, schedule, received_at).get(name.kind, received_at)
    if name.kind.announces and facts.alerts.out_of_hours == "hold" and not schedule.is_open(received_at):
        return schedule.next_opening(received_at) or received_at
    return received_at

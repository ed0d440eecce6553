"""The plan: which deliveries an enquiry has, and when each is first due."""

from datetime import datetime

from clinic.delivery import DeliveryName, Kind
from clinic.facts import ClinicFacts
from clinic.hours import Schedule


def planned(facts: ClinicFacts) -> list[DeliveryName]:
    """Return what every enquiry has: a confirmation, and an alert to each address of reception."""
    return [DeliveryName(Kind.CONFIRMATION), *to_reception(Kind.ALERT, facts)]


def to_reception(kind: Kind, facts: ClinicFacts | None) -> list[DeliveryName]:
    """Return one delivery for each address of reception; for the first when the facts can't be read."""
    return [DeliveryName(kind, number) for number in range(len(facts.reception) if facts else 1)]


def first_due(name: DeliveryName, facts: ClinicFacts, schedule: Schedule, received_at: datetime) -> datetime:
    """Return when a delivery is first due: at once, or at opening for an alert that the clinic wants held.

    Judged at `received_at` only, so that every process and every retry finds the same instant.
    """
    if name.kind is Kind.ALERT and facts.alerts.out_of_hours == "hold" and not schedule.is_open(received_at):
        return schedule.next_opening(received_at) or received_at
    return received_at

"""Digests: the mail at an opening that lists what came in while the clinic was closed, and how each is named."""

from datetime import UTC, datetime, timedelta

from clinic.facts import ClinicFacts
from clinic.hours import Schedule

# Longer than an acceptance may take, so that what came in at the last moment is on the list.
AFTER_OPENING = timedelta(seconds=5)
NAME = "D%Y%m%dT%H%M%SZ"
NAME_LENGTH = len("D20261123T080000Z")


def digest_opening(facts: ClinicFacts, schedule: Schedule, received_at: datetime) -> datetime | None:
    """Return the opening whose digest an enquiry is on: the next one; None while open, or where nobody wants one."""
    if not facts.alerts.digest or schedule.is_open(received_at):
        return None
    return schedule.next_opening(received_at)


def digest_reference(opening: datetime) -> str:
    """Return what stands for a digest where a reference stands for an enquiry: "D20261123T080000Z".

    Every process finds the same from the same opening, and no reference of an enquiry is as long.
    """
    return opening.astimezone(UTC).strftime(NAME)


def opening_of(reference: str) -> datetime:
    """Return the opening that a digest is named after; whatever follows its name tells late ones apart."""
    return datetime.strptime(reference[:NAME_LENGTH], NAME).replace(tzinfo=UTC)

"""Digests: mails that list many enquiries, at an opening or in a flood, and how each is named.

Where a reference stands for an enquiry, the name of a digest says when it is due: "D20261123T080000Z" is that of an
opening, "F1795420800000" that of a flood (milliseconds since 1970). No reference of an enquiry is as long.
"""

from datetime import UTC, datetime, timedelta

from clinic.clock import instant
from clinic.facts import ClinicFacts
from clinic.hours import Schedule
from clinic.reference import LENGTH

# Longer than an acceptance may take, so that what came in at the last moment is on the list.
AFTER_OPENING = timedelta(seconds=5)
NAME = "D%Y%m%dT%H%M%SZ"
NAME_LENGTH = len("D20261123T080000Z")
# Single alerts are counted over so long, and beyond them a list goes each so often.
FLOOD_WINDOW = timedelta(minutes=10)
FLOOD_EVERY = timedelta(minutes=5)
LATE = "L"
# One mail lists so many, and the next the others: a relay takes it, and a mail program shows it whole.
LISTED_AT_MOST = 200
# No clinic is closed for longer and expects its digest to tell of the day before.
LOOKED_BACK = timedelta(days=31)


def digest_opening(facts: ClinicFacts, schedule: Schedule, received_at: datetime) -> datetime | None:
    """Return the opening whose digest an enquiry is on: the next one; None while open, or where nobody wants one."""
    if not facts.alerts.digest or schedule.is_open(received_at):
        return None
    return schedule.next_opening(received_at)


def opening_before(schedule: Schedule, opening: datetime) -> datetime:
    """Return the opening before another, whose digest told of what had been set aside until then."""
    spans = list(schedule.intervals(opening - LOOKED_BACK, opening))
    return spans[-1].start if spans else opening - LOOKED_BACK


def digest_reference(opening: datetime) -> str:
    """Return the name of the digest at an opening; every process finds the same."""
    return opening.astimezone(UTC).strftime(NAME)


def digest_time(reference: str) -> datetime | None:
    """Return the opening that a digest is named after, or when a flood's is due; None for that of an enquiry.

    Whatever follows its name tells late ones, and those of the many who had no room, apart.
    """
    if len(reference) == LENGTH:
        return None
    if reference.startswith("F"):
        return instant(int(reference[1:].partition(LATE)[0]))
    return datetime.strptime(reference[:NAME_LENGTH], NAME).replace(tzinfo=UTC)

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
# Where a clinic has been open all day and night, what waits is told of at this hour.
MORNING = 8
DAY = timedelta(days=1)


def digest_opening(facts: ClinicFacts, schedule: Schedule, received_at: datetime) -> datetime | None:
    """Return the opening whose digest an enquiry is on: the next one; None while open, or where nobody wants one."""
    if not facts.alerts.digest or schedule.is_open(received_at):
        return None
    return schedule.next_opening(received_at)


def told_before(schedule: Schedule, at: datetime) -> datetime:
    """Return when, before an instant, the last digest told of what had been set aside until then.

    That was at an opening, or in the morning where the clinic had been open for a day; where there was neither, nothing
    older is told of.
    """
    spans = list(schedule.intervals(at - LOOKED_BACK, at))
    if not spans:
        return at - LOOKED_BACK
    opened, local = spans[-1].start, spans[-1].end.astimezone(schedule.timezone)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0, fold=0)
    if morning >= local:
        morning -= DAY
    return morning.astimezone(UTC) if morning - DAY >= opened else opened


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

"""The only door to `opening_hours` (the OSM grammar in Rust): text in, open stretches of time in UTC out.

Its traps, each measured, are closed here: it is never asked about "now" (it reads a clock no test can move), never
given a country (its own public holidays are wrong for England and Scotland), never given `datetime.UTC` (it wants
ZoneInfo), and always given an end.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State, validate

# Without a bound a schedule that stays the same for years is searched day by day to the year 9999 (1 s per question).
# The bound must be longer than any stretch that is asked for, or a long closure would seem to last for ever.
_LONGEST_INTERVAL_DAYS = 800


def open_stretches(
    expression: str, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The open stretches of `expression` between two aware instants, in order, never touching, in UTC.

    `expression` is made of hours that `grammar` has passed. Clock times are read in `zone`: an opening at a time that a
    clock change skips begins at the change, and one that happens twice begins at the second.
    """
    engine = OpeningHours(
        expression,
        timezone=zone,
        auto_country=False,
        auto_timezone=False,
        max_interval_days=_LONGEST_INTERVAL_DAYS,
    )
    for since, until, state, _comment in engine.intervals(start.astimezone(zone), end.astimezone(zone)):
        opens, closes = since.astimezone(UTC), until.astimezone(UTC)
        # An hour that a clock change skips is open for no time at all.
        if state == State.OPEN and opens < closes:
            yield opens, closes


def can_place(zone: ZoneInfo) -> bool:
    """Whether clock times can be read in `zone`: Python finds some that are no places, such as "localtime"."""
    try:
        OpeningHours("24/7", timezone=zone, auto_country=False, auto_timezone=False)
    except TypeError:
        return False
    return True


def can_read(expression: str) -> bool:
    """Whether `expression` is in the grammar; much that is means something else than it says, see `grammar`."""
    return validate(expression)

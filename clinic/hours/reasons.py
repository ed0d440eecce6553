"""Why the clinic is closed, in the words of its own file or of the bank holiday."""

from datetime import date, datetime, timedelta
from typing import Protocol

from clinic.hours.days import Day
from clinic.hours.facts import HoursFacts


class _Days(Protocol):
    facts: HoursFacts

    def day(self, day: date) -> Day: ...


def reason_between(days: _Days, closed: datetime, until: datetime) -> str | None:
    """The first particular reason in a closed time; both ends are local datetimes, and `closed` is closed."""
    note = _reason_at(days.facts, days.day(closed.date()), closed.hour * 60 + closed.minute)
    day = closed.date() + timedelta(days=1)
    while note is None and day < until.date():
        note = days.day(day).note
        day += timedelta(days=1)
    return note


def _reason_at(facts: HoursFacts, day: Day, minute: int) -> str | None:
    for cut, note in day.breaks:
        if cut.start <= minute < cut.end:
            return note
    # In the evening of a half day it is closed as on any evening: the half day is no reason then.
    if not day.hours or facts.week.is_open(day.date.weekday(), minute):
        return day.note
    return None

"""What the clinic's file says about one date: its hours, and the name of what makes it different."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from clinic.hours.bank_holidays import bank_holidays
from clinic.hours.exceptions import SpecialHours
from clinic.hours.facts import HoursFacts
from clinic.hours.interval import TimeRange, without
from clinic.hours.lint import whole_days

DayKind = Literal["usual", "bank holiday", "special hours", "closure"]


@dataclass(frozen=True, slots=True)
class Day:
    """A local date. `hours` are empty when closed; `breaks` are closures of part of the day, already out of `hours`."""

    date: date
    hours: tuple[TimeRange, ...]
    kind: DayKind = "usual"
    note: str | None = None
    breaks: tuple[tuple[TimeRange, str | None], ...] = ()


def usual_day(facts: HoursFacts, day: date) -> Day:
    return Day(day, facts.week.days[day.weekday()])


def unusual_days(facts: HoursFacts, year: int) -> Mapping[date, Day]:
    """Every date of a calendar year that something is said about, the last word on it.

    Raises HoursError for a year whose bank holidays nobody can know.
    """
    days: dict[date, Day] = {}
    for day, name in bank_holidays(facts.bank_holidays, year, facts.bank_holiday_substitutes).items():
        # "10:00-14:00 on bank holidays" does not mean to open on a Sunday because it is Christmas Day.
        hours = facts.bank_holiday_times if facts.week.days[day.weekday()] else ()
        days[day] = Day(day, hours, "bank holiday", name)
    days.update((day.date, day) for day in _exceptions(facts) if day.date.year == year)
    for closure in facts.closure:
        for day in closure.dates() if closure.breaks else ():
            if day.year != year:
                continue
            known = days.get(day) or usual_day(facts, day)
            for cut in closure.breaks:
                breaks = (*known.breaks, (cut, closure.note))
                known = replace(known, hours=without(known.hours, cut), breaks=breaks)
            days[day] = known
    return days


def _exceptions(facts: HoursFacts) -> Iterator[Day]:
    """Days of closures and special hours, the longest entry first: a shorter one inside it has the last word."""
    entries = (*whole_days(facts.closure), *facts.special_hours)
    for entry in sorted(entries, key=lambda entry: -entry.days):
        for day in entry.dates():
            if isinstance(entry, SpecialHours):
                yield Day(day, entry.on(day), "special hours", entry.note)
            else:
                yield Day(day, (), "closure", entry.note)

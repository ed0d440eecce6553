"""Says the hours themselves: the usual week, bank holidays, and the days to come that are different."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from clinic.hours.facts import HoursFacts
from clinic.hours.interval import MINUTES_IN_A_DAY, TimeRange
from clinic.hours.prose import clock_time, day_name, weekday_name
from clinic.hours.schedule import Schedule

_A_MONDAY = date(2024, 1, 1)


def hours_lines(facts: HoursFacts, *, locale: str = "en") -> list[str]:
    """The usual week from Monday on: ["Monday to Saturday, 8am to 8pm", "Sunday, closed"]."""
    return [f"{_days(weekdays, locale)}, {times(hours)}" for weekdays, hours in facts.week.grouped()]


def bank_holiday_line(facts: HoursFacts) -> str | None:
    """ "Bank holidays, closed"; None when the clinic has no bank holidays."""
    return None if facts.bank_holidays == "none" else f"Bank holidays, {times(facts.bank_holiday_times)}"


def coming_lines(
    schedule: Schedule, first: date, *, days: int = 60, reference: date | None = None, locale: str = "en"
) -> list[str]:
    """The days from the local date `first` on that are not as usual: ["Friday 25 December, closed (Christmas Day)"].

    Days in a row for one reason share a line; the year is said when it is not that of `reference` (or of `first`).
    """
    year = (reference or first).year
    lines: list[str] = []
    run: list[date] = []
    said = ""
    for day in (schedule.day(first + timedelta(days=step)) for step in range(days)):
        what = "" if day.kind == "usual" and not day.breaks else times(day.hours)
        note = day.note or (day.breaks[0][1] if day.breaks else None)
        what += f" ({note})" if what and note else ""
        if run and what != said:
            lines.append(f"{_dates(run, year, locale)}, {said}")
            run = []
        if what:
            run.append(day.date)
        said = what
    if run:
        lines.append(f"{_dates(run, year, locale)}, {said}")
    return lines


def times(hours: Sequence[TimeRange]) -> str:
    """ "8am to 12:30pm and 1:30pm to 8pm", "closed", "open all day"."""
    if not hours:
        return "closed"
    if tuple(hours) == (TimeRange(0, MINUTES_IN_A_DAY),):
        return "open all day"
    spans = [f"{_minute(span.start)} to {_minute(span.end)}" for span in hours]
    return spans[0] if len(spans) == 1 else f"{', '.join(spans[:-1])} and {spans[-1]}"


def _minute(minute: int) -> str:
    return clock_time(time(minute // 60 % 24, minute % 60))


def _days(weekdays: tuple[int, ...], locale: str) -> str:
    names = [weekday_name(_A_MONDAY + timedelta(days=weekday), locale=locale) for weekday in weekdays]
    if len(names) < 3:
        return " and ".join(names)
    return f"{names[0]} to {names[-1]}"


def _dates(run: list[date], year: int, locale: str) -> str:
    first, last = (day_name(day, year=day.year != year, locale=locale) for day in (run[0], run[-1]))
    return first if first == last else f"{first} to {last}"

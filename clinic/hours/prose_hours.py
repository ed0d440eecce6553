"""Says the hours themselves: the usual week, bank holidays, and the days to come that are different."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from clinic.hours.facts import HoursFacts
from clinic.hours.interval import MINUTES_IN_A_DAY, TimeRange
from clinic.hours.prose import after_a_word, clock_time, day_name, weekday_name
from clinic.hours.schedule import Schedule
from clinic.languages import Locale, say

_A_MONDAY = date(2024, 1, 1)


def hours_lines(facts: HoursFacts, *, locale: Locale = "en") -> list[str]:
    """The usual week from Monday on: ["Monday to Saturday, 8am to 8pm", "Sunday, closed"]."""
    return [f"{_days(weekdays, locale)}, {times(hours, locale=locale)}" for weekdays, hours in facts.week.grouped()]


def bank_holiday_line(facts: HoursFacts, *, locale: Locale = "en") -> str | None:
    """ "Bank holidays, closed"; None when the clinic has no bank holidays."""
    if facts.bank_holidays == "none":
        return None
    return say("Bank holidays, {times}", locale).format(times=times(facts.bank_holiday_times, locale=locale))


def coming_lines(
    schedule: Schedule, first: date, *, days: int = 60, seen_from: date | None = None, locale: Locale = "en"
) -> list[str]:
    """The days from the local date `first` on that are not as usual: ["Friday 25 December, closed (Christmas Day)"].

    Days in a row for one reason share a line; the year is said when it is not that of `seen_from` (or of `first`).
    """
    year = (seen_from or first).year
    lines: list[str] = []
    run: list[date] = []
    said = ""
    for day in (schedule.day(first + timedelta(days=step)) for step in range(days)):
        what = "" if day.kind == "usual" and not day.breaks else times(day.hours, locale=locale)
        note = day.note or (day.breaks[0][1] if day.breaks else None)
        what += f" ({schedule.facts.note_in(note, locale)})" if what and note else ""
        if run and what != said:
            lines.append(f"{_dates(run, year, locale)}, {said}")
            run = []
        if what:
            run.append(day.date)
        said = what
    if run:
        lines.append(f"{_dates(run, year, locale)}, {said}")
    return lines


def times(hours: Sequence[TimeRange], *, locale: Locale = "en") -> str:
    """ "8am to 12:30pm and 1:30pm to 8pm", "closed", "open all day"."""
    if not hours:
        return say("closed", locale)
    if tuple(hours) == (TimeRange(0, MINUTES_IN_A_DAY),):
        return say("open all day", locale)
    form = say("{opening} to {closing}", locale)
    spans = [form.format(opening=_minute(span.start, locale), closing=_minute(span.end, locale)) for span in hours]
    if len(spans) == 1:
        return spans[0]
    return say("{times} and {last_times}", locale).format(times=", ".join(spans[:-1]), last_times=spans[-1])


def _minute(minute: int, locale: Locale) -> str:
    return clock_time(time(minute // 60 % 24, minute % 60), locale=locale)


def _days(weekdays: tuple[int, ...], locale: Locale) -> str:
    names = [weekday_name(_A_MONDAY + timedelta(days=weekday), locale=locale) for weekday in weekdays]
    if len(names) == 1:
        return names[0]
    if len(names) == 2:
        return say("{day} and {last_day}", locale).format(day=names[0], last_day=names[1])
    return say("{day} to {last_day}", locale).format(day=names[0], last_day=after_a_word(names[-1], locale))


def _dates(run: list[date], year: int, locale: Locale) -> str:
    first, last = (day_name(day, year=day.year != year, locale=locale) for day in (run[0], run[-1]))
    if first == last:
        return first
    return say("{day} to {last_day}", locale).format(day=first, last_day=after_a_word(last, locale))

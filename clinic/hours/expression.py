"""Writes a clinic's hours over some years as one text in the OSM grammar, for the engine."""

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import groupby

from clinic.hours.days import Day
from clinic.hours.week import Week

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def expression(week: Week, unusual: Iterable[Day]) -> str:
    """The usual week and then each unusual day as a date; in this grammar the last rule that names a day wins.

    Notes stay out of it: they are the owner's words and could hold a quotation mark.
    """
    rules = [str(week)]
    days = sorted(unusual, key=lambda day: day.date)
    # Days in a row count up together with their place, so the difference is the same for all of them.
    runs = groupby(enumerate(days), key=lambda item: (item[1].date - timedelta(days=item[0]), item[1].hours))
    for (_, hours), run in runs:
        dates = [day.date for _, day in run]
        written = _date(dates[0]) if len(dates) == 1 else f"{_date(dates[0])}-{_date(dates[-1])}"
        rules.append(f"{written} {','.join(map(str, hours)) or 'off'}")
    return "; ".join(rules)


def _date(day: date) -> str:
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}"

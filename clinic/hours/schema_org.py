"""Says the hours to search engines: https://schema.org/OpeningHoursSpecification, as plain dicts for JSON-LD."""

from datetime import date, datetime, timedelta

from clinic.hours.facts import HoursFacts
from clinic.hours.interval import MINUTES_IN_A_DAY, TimeRange, clock
from clinic.hours.schedule import Schedule

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TYPE = {"@type": "OpeningHoursSpecification"}
# "Closed" is written so: https://developers.google.com/search/docs/appearance/structured-data/local-business
_CLOSED = (TimeRange(0, 0),)


def opening_hours_specification(facts: HoursFacts) -> list[dict[str, object]]:
    """The usual week, one entry for the weekdays that share a stretch of hours; closed days are left out."""
    stretches: dict[TimeRange, list[str]] = {}
    for name, hours in zip(_WEEKDAYS, facts.week.days, strict=True):
        for stretch in hours:
            stretches.setdefault(stretch, []).append(name)
    return [{**_TYPE, "dayOfWeek": names, **_opens_and_closes(stretch)} for stretch, names in stretches.items()]


def special_opening_hours_specification(schedule: Schedule, at: datetime, days: int = 365) -> list[dict[str, object]]:
    """The days that are not as usual, from the local date of the aware instant `at`; a closed day opens at 00:00."""
    today = at.astimezone(schedule.timezone).date()
    unusual = (schedule.day(today + timedelta(days=step)) for step in range(days))
    return [
        {**_TYPE, **_valid(day.date), **_opens_and_closes(stretch)}
        for day in unusual
        if day.kind != "usual" or day.breaks
        for stretch in day.hours or _CLOSED
    ]


def _valid(day: date) -> dict[str, str]:
    return {"validFrom": day.isoformat(), "validThrough": day.isoformat()}


def _opens_and_closes(stretch: TimeRange) -> dict[str, str]:
    # The end of the day has no name of its own here; Google asks for 23:59.
    end = stretch.end - 1 if stretch.end == MINUTES_IN_A_DAY else stretch.end
    return {"opens": clock(stretch.start), "closes": clock(end)}

"""The slowest and plainest second opinion: walks through time a minute at a time and reads the clock on the wall.

It knows nothing of intervals or tables. It reads the facts by itself, precedence included: of the entries that cover a
date the shortest counts.
"""

from datetime import UTC, datetime, timedelta

from clinic.hours import HoursFacts, SpecialHours
from clinic.hours.bank_holidays import bank_holidays

_MINUTE = timedelta(minutes=1)


def is_open(facts: HoursFacts, at: datetime) -> bool:
    local = at.astimezone(facts.zone)
    day, minute = local.date(), local.hour * 60 + local.minute
    hours = facts.week.days[day.weekday()]
    if day in bank_holidays(facts.bank_holidays, day.year, facts.bank_holiday_substitutes):
        hours = facts.bank_holiday_times if hours else ()
    whole = [entry for entry in (*facts.closure, *facts.special_hours) if not getattr(entry, "breaks", ())]
    covering = [entry for entry in whole if entry.first <= day <= entry.last]
    if covering:
        shortest = min(covering, key=lambda entry: entry.last - entry.first)
        hours = shortest.on(day) if isinstance(shortest, SpecialHours) else ()
    breaks = [cut for entry in facts.closure if entry.first <= day <= entry.last for cut in entry.breaks]
    return any(a <= minute < b for a, b in hours) and not any(a <= minute < b for a, b in breaks)


def reply_by(facts: HoursFacts, at: datetime, open_minutes: int) -> datetime:
    """For an `at` on a whole minute."""
    now = at.astimezone(UTC)
    while open_minutes:
        open_minutes -= is_open(facts, now)
        now += _MINUTE
    return now


def next_opening(facts: HoursFacts, at: datetime) -> datetime:
    now = at.astimezone(UTC)
    while not is_open(facts, now):
        now += _MINUTE
    return now

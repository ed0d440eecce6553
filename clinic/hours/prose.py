"""Says times, days and promises as people do: 8am, midday, Monday 23 November. The only door to `babel.dates`.

Each sentence stands whole in one place, so that a translation can order its words as its language does.
"""

from datetime import date, datetime, timedelta
from datetime import time as wall_time
from zoneinfo import ZoneInfo

from babel.dates import format_date

from clinic.hours.promise import Promise

_NOW_OPEN = "We're open now. We will contact you {due}."
_NOW_CLOSED = "We're closed now and open again on {opening}. We will contact you {due}."
_NOW_CLOSED_FOR = "We're closed now ({reason}) and open again on {opening}. We will contact you {due}."
_WROTE_OPEN = "You wrote to us while we were open. We will contact you {due}."
_WROTE_CLOSED = "You wrote to us while we were closed. We open again on {opening}. We will contact you {due}."
_WROTE_CLOSED_FOR = (
    "You wrote to us while we were closed ({reason}). We open again on {opening}. We will contact you {due}."
)


def clock_time(local: datetime | wall_time) -> str:
    """ "8am", "10:30am", "midday", "midnight" (GOV.UK style); seconds are left out, never rounded up."""
    hour, minute = local.hour, local.minute
    if minute == 0 and hour in (0, 12):
        return "midday" if hour else "midnight"
    half = "am" if hour < 12 else "pm"
    return f"{hour % 12 or 12}{f':{minute:02}' if minute else ''}{half}"


def day_name(day: date, *, year: bool = False, locale: str = "en") -> str:
    """ "Monday 23 November", and with its year "Monday 4 January 2027"."""
    return format_date(day, "EEEE d MMMM y" if year else "EEEE d MMMM", locale=locale)


def weekday_name(day: date, *, locale: str = "en") -> str:
    """ "Monday"."""
    return format_date(day, "EEEE", locale=locale)


def day_and_time(instant: datetime, zone: ZoneInfo, *, reference: datetime | None = None, locale: str = "en") -> str:
    """ "Monday 23 November at 8am"; with the year when it is not that of the instant `reference`."""
    local = instant.astimezone(zone)
    return f"{day_name(local.date(), year=_other_year(local, reference, zone), locale=locale)} at {clock_time(local)}"


def by(
    instant: datetime,
    relative_to: datetime,
    zone: ZoneInfo,
    *,
    same_day: str | None = "that day",
    reference: datetime | None = None,
    locale: str = "en",
) -> str:
    """ "by midday that day" when both instants are on one local day, else "by midday on Monday 23 November".

    `same_day` replaces "that day" ("today" on a page); None always names the day. The year is said when it is not that
    of `reference` (or of `relative_to`). A deadline at midnight belongs to the day that ends.
    """
    local = instant.astimezone(zone)
    time, day = clock_time(local), local.date()
    if time == "midnight":
        time, day = "midnight at the end", day - timedelta(days=1)
        if same_day and day == relative_to.astimezone(zone).date():
            return f"by {time} of {same_day}"
        return f"by {time} of {day_name(day, year=_other_year(day, reference or relative_to, zone), locale=locale)}"
    if same_day and day == relative_to.astimezone(zone).date():
        return f"by {time} {same_day}"
    return f"by {time} on {day_name(day, year=_other_year(day, reference or relative_to, zone), locale=locale)}"


def sentence(promise: Promise, *, locale: str = "en") -> str:
    """For a page that is read at once: it may say "now" and "today"."""
    if promise.open_now:
        return _NOW_OPEN.format(due=_due(promise, promise.received_at, "today", locale))
    form = _NOW_CLOSED_FOR if promise.reason else _NOW_CLOSED
    return _closed(form, promise, locale)


def mail_sentence(promise: Promise, *, locale: str = "en") -> str:
    """For a mail that is read later: every day is named, nothing is "now" or "today"."""
    if promise.open_now:
        return _WROTE_OPEN.format(due=_due(promise, promise.received_at, None, locale))
    form = _WROTE_CLOSED_FOR if promise.reason else _WROTE_CLOSED
    return _closed(form, promise, locale)


def _closed(form: str, promise: Promise, locale: str) -> str:
    opening = day_and_time(promise.next_opening, promise.timezone, reference=promise.received_at, locale=locale)
    due = _due(promise, promise.next_opening, "that day", locale)
    return form.format(reason=promise.reason, opening=opening, due=due)


def _due(promise: Promise, relative_to: datetime, same_day: str | None, locale: str) -> str:
    return by(
        promise.reply_by,
        relative_to,
        promise.timezone,
        same_day=same_day,
        reference=promise.received_at,
        locale=locale,
    )


def _other_year(day: date, reference: datetime | None, zone: ZoneInfo) -> bool:
    return reference is not None and day.year != reference.astimezone(zone).year

"""Says times, days and promises as people do: 8am, midday, Monday 23 November. The only door to `babel.dates`.

Each sentence stands whole in one place, so that a translation can order its words as its language does.
"""

from datetime import date, datetime, timedelta
from datetime import time as wall_time
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from clinic.hours.promise import Promise
from clinic.imports import without
from clinic.languages import Locale, gettext_noop, say

SameDay = Literal["today", "that day"]

_NOW_OPEN = gettext_noop("We're open now. We will contact you {due}.")
_NOW_CLOSED = gettext_noop("We're closed now and open again on {opening}. We will contact you {due}.")
_NOW_CLOSED_FOR = gettext_noop("We're closed now ({reason}) and open again on {opening}. We will contact you {due}.")
_WROTE_OPEN = gettext_noop("You wrote to us while we were open. We will contact you {due}.")
_WROTE_CLOSED = gettext_noop(
    "You wrote to us while we were closed. We open again on {opening}. We will contact you {due}."
)
_WROTE_CLOSED_FOR = gettext_noop(
    "You wrote to us while we were closed ({reason}). We open again on {opening}. We will contact you {due}."
)
_BY_SAME_DAY = {
    "today": gettext_noop("by {time} today"),
    "that day": gettext_noop("by {time} that day"),
}
_BY_MIDNIGHT = {
    "today": gettext_noop("by midnight at the end of today"),
    "that day": gettext_noop("by midnight at the end of that day"),
}


def clock_time(local: datetime | wall_time, *, locale: Locale = "en") -> str:
    """ "8am", "10:30am", "midday", "midnight" (GOV.UK style); seconds are left out, never rounded up."""
    hour, minute = local.hour, local.minute
    if minute == 0 and hour in (0, 12):
        return say("midday", locale) if hour else say("midnight", locale)
    half = "am" if hour < 12 else "pm"
    return f"{hour % 12 or 12}{f':{minute:02}' if minute else ''}{half}"


def day_name(day: date, *, year: bool = False, locale: Locale = "en") -> str:
    """ "Monday 23 November", and with its year "Monday 4 January 2027"."""
    return _formatted(day, "EEEE d MMMM y" if year else "EEEE d MMMM", locale)


def plain_date(day: date, *, locale: Locale = "en") -> str:
    """ "23 November 2026"."""
    return _formatted(day, "d MMMM y", locale)


def weekday_name(day: date, *, locale: Locale = "en") -> str:
    """ "Monday"."""
    return _formatted(day, "EEEE", locale)


@lru_cache(maxsize=512)
def _formatted(day: date, form: str, locale: Locale) -> str:
    """Return a date as Babel says it, which takes it longer than all else about a promise."""
    # Imported on first use: a process that starts has nothing to say yet. With pytz it would
    # look for each of 600 time zones on the disk, and a date is in none.
    with without("pytz"):
        from babel.dates import format_date

    return format_date(day, form, locale=locale)


def after_a_word(day: str, locale: Locale) -> str:
    """Return a day's name as it stands after "on" and "to"; in Welsh its first letter softens: "ddydd Llun"."""
    return "dd" + day[1:] if locale == "cy" else day


def day_and_time(instant: datetime, zone: ZoneInfo, *, seen_from: datetime | None = None, locale: Locale = "en") -> str:
    """ "Monday 23 November at 8am"; with the year when it is not that of the instant `seen_from`."""
    local = instant.astimezone(zone)
    day = day_name(local.date(), year=_other_year(local, seen_from, zone), locale=locale)
    return say("{day} at {time}", locale).format(day=day, time=clock_time(local, locale=locale))


def by(
    instant: datetime,
    relative_to: datetime,
    zone: ZoneInfo,
    *,
    same_day: SameDay | None = "that day",
    seen_from: datetime | None = None,
    locale: Locale = "en",
) -> str:
    """ "by midday that day" when both instants are on one local day, else "by midday on Monday 23 November".

    `same_day` replaces "that day" ("today" on a page); None always names the day. The year is said when it is not that
    of `seen_from` (or of `relative_to`). A deadline at midnight belongs to the day that ends.
    """
    local = instant.astimezone(zone)
    midnight = local.hour == local.minute == 0
    day, time = local.date() - timedelta(days=midnight), clock_time(local, locale=locale)
    if same_day and day == relative_to.astimezone(zone).date():
        return say((_BY_MIDNIGHT if midnight else _BY_SAME_DAY)[same_day], locale).format(time=time)
    named = day_name(day, year=_other_year(day, seen_from or relative_to, zone), locale=locale)
    form = say("by midnight at the end of {day}", locale) if midnight else say("by {time} on {day}", locale)
    return form.format(time=time, day=after_a_word(named, locale))


def sentence(promise: Promise, *, locale: Locale = "en") -> str:
    """For a page that is read at once: it may say "now" and "today"."""
    if promise.open_now:
        return say(_NOW_OPEN, locale).format(due=_due(promise, promise.received_at, "today", locale))
    return _closed(_NOW_CLOSED_FOR if promise.reason else _NOW_CLOSED, promise, locale)


def mail_sentence(promise: Promise, *, locale: Locale = "en") -> str:
    """For a mail that is read later: every day is named, nothing is "now" or "today"."""
    if promise.open_now:
        return say(_WROTE_OPEN, locale).format(due=_due(promise, promise.received_at, None, locale))
    return _closed(_WROTE_CLOSED_FOR if promise.reason else _WROTE_CLOSED, promise, locale)


def _closed(form: str, promise: Promise, locale: Locale) -> str:
    opening = day_and_time(promise.next_opening, promise.timezone, seen_from=promise.received_at, locale=locale)
    due = _due(promise, promise.next_opening, "that day", locale)
    return say(form, locale).format(reason=promise.reason, opening=after_a_word(opening, locale), due=due)


def _due(promise: Promise, relative_to: datetime, same_day: SameDay | None, locale: Locale) -> str:
    return by(
        promise.reply_by,
        relative_to,
        promise.timezone,
        same_day=same_day,
        seen_from=promise.received_at,
        locale=locale,
    )


def _other_year(day: date, seen_from: datetime | None, zone: ZoneInfo) -> bool:
    return seen_from is not None and day.year != seen_from.astimezone(zone).year

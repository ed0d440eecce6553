"""What an owner should look at though the file is valid: what has no effect, what will end soon, a zone amiss."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from clinic.hours.bank_holidays import LAST_KNOWN_YEAR, bank_holidays
from clinic.hours.days import unusual_days, usual_day
from clinic.hours.exceptions import Closure, SpecialHours
from clinic.hours.facts import HoursFacts

# Half a year to install a release that knows the next dates; GOV.UK publishes about two years ahead.
_NEAR = timedelta(days=180)


def warnings_at(facts: HoursFacts, horizon: date, today: date) -> tuple[str, ...]:
    """One line each."""
    return tuple(_warnings(facts, horizon, today))


def _warnings(facts: HoursFacts, horizon: date, today: date) -> Iterator[str]:
    if facts.bank_holidays != "none" and not _has_summer_time(facts, horizon.year):
        yield (
            f'timezone "{facts.timezone}" has no summer time: in the United Kingdom write "Europe/London", '
            "or all times are an hour out from March to October"
        )
    if today + _NEAR >= horizon:
        yield (
            f"bank holidays after {horizon} are worked out by rule and one-off ones are not known: "
            "install a newer release"
        )
    for entry in (*facts.closure, *facts.special_hours):
        if entry.last < today:
            yield f"{entry.named} is over and can go"
    for closure in facts.closure:
        if not _changes_something(facts, closure):
            yield f"{closure.named} changes nothing: the clinic is closed then anyway"
    for special in facts.special_hours:
        yield from _opened_bank_holidays(facts, special)


def _has_summer_time(facts: HoursFacts, year: int) -> bool:
    january, july = (datetime(year, month, 1, tzinfo=facts.zone).utcoffset() for month in (1, 7))
    return january != july


def _changes_something(facts: HoursFacts, closure: Closure) -> bool:
    """Whether a day has other hours, or another name, than without it."""
    without = facts.model_copy(update={"closure": tuple(other for other in facts.closure if other is not closure)})
    for year in range(closure.first.year, closure.last.year + 1):
        before, after = unusual_days(without, year), unusual_days(facts, year)
        for day in closure.dates():
            if day.year == year and (day in before or usual_day(facts, day).hours != after[day].hours):
                return True
    return False


def _opened_bank_holidays(facts: HoursFacts, special: SpecialHours) -> Iterator[str]:
    if special.days == 1:
        return  # a single date is meant
    for year in range(special.first.year, min(special.last.year, LAST_KNOWN_YEAR) + 1):
        unusual = unusual_days(facts, year)
        for day, name in bank_holidays(facts.bank_holidays, year, facts.bank_holiday_substitutes).items():
            known = unusual[day]
            if special.first <= day <= special.last and known.kind == "special hours" and known.hours:
                yield f"{special.named} opens on {day} ({name}): add a [[closure]] from = {day} if you are closed then"

"""What the usual week looks like: for each weekday the hours the clinic is open."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from clinic.hours.engine import open_stretches
from clinic.hours.interval import TimeRange

WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

# The engine itself says what a text means: it is asked about one plain week, in a zone whose clocks never change.
_A_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Week:
    """`days[0]` is Monday; an empty tuple is a closed day."""

    days: tuple[tuple[TimeRange, ...], ...]

    @property
    def open_minutes(self) -> int:
        return sum(hours.end - hours.start for day in self.days for hours in day)

    def is_open(self, weekday: int, minute: int) -> bool:
        return any(hours.start <= minute < hours.end for hours in self.days[weekday])

    def __str__(self) -> str:
        """The week in the OSM grammar, closed days left out; what the engine gets."""
        rules = (f"{days_as_text(weekdays)} {','.join(map(str, hours))}" for weekdays, hours in self.grouped() if hours)
        return "; ".join(rules)

    def grouped(self) -> list[tuple[tuple[int, ...], tuple[TimeRange, ...]]]:
        """Neighbouring weekdays with the same hours, together, from Monday on."""
        return [
            (tuple(weekdays), hours) for hours, weekdays in groupby(range(7), key=lambda weekday: self.days[weekday])
        ]


def days_as_text(weekdays: tuple[int, ...]) -> str:
    """(0, 1, 2) as "Mo-We"; the weekdays are neighbours."""
    first, last = WEEKDAYS[weekdays[0]], WEEKDAYS[weekdays[-1]]
    return first if first == last else f"{first}-{last}"


@lru_cache(maxsize=256)
def week_of(text: str) -> Week:
    """The week that `text` describes, for example "Mo-Sa 08:00-20:00"; `text` is one that `week_fault` has passed."""
    days: list[tuple[TimeRange, ...]] = []
    for weekday in range(7):
        midnight = _A_MONDAY + weekday * _DAY
        stretches = open_stretches(text, ZoneInfo("UTC"), midnight, midnight + _DAY)
        days.append(tuple(TimeRange((a - midnight) // _MINUTE, (b - midnight) // _MINUTE) for a, b in stretches))
    return Week(tuple(days))

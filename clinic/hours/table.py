"""The open stretches of a year and a little more, worked out once, so that a question is a binary search."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from clinic.hours.days import unusual_days
from clinic.hours.engine import open_stretches
from clinic.hours.expression import expression
from clinic.hours.facts import HoursFacts

WINDOW = timedelta(days=400)  # no question looks further ahead
# A table holds a year and a window after it, so that each question is answered from the table of its own (UTC) year.
TABLE = timedelta(days=366) + WINDOW
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Table:
    """Stretch number i is open from `starts[i]` until just before `ends[i]`; all in UTC, in order, never touching."""

    starts: list[datetime]
    ends: list[datetime]

    @classmethod
    def of(cls, facts: HoursFacts, start: datetime, end: datetime) -> Self:
        """Raises HoursError when a year in it has bank holidays that nobody can know."""
        # A day of the clinic's zone that begins in the year before or ends in the year after is part of it.
        first, last = start - timedelta(days=1), end + timedelta(days=1)
        years = range(first.year, end.year + 1)
        unusual = [
            day
            for year in years
            for day in unusual_days(facts, year).values()
            if first.date() <= day.date <= last.date()
        ]
        stretches = list(open_stretches(expression(facts.week, unusual), facts.zone, start, end))
        return cls([opens for opens, _ in stretches], [closes for _, closes in stretches])

    def index(self, at: datetime) -> int:
        """The last stretch that begins at or before `at`, or -1."""
        return bisect_right(self.starts, at) - 1

    def is_open(self, index: int, at: datetime) -> bool:
        return index >= 0 and at < self.ends[index]

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches between two instants, clipped to them."""
        for index in range(max(0, self.index(start)), len(self.starts)):
            opens, closes = max(start, self.starts[index]), min(end, self.ends[index])
            if opens >= end:
                return
            if opens < closes:
                yield opens, closes

    def after_open_time(self, at: datetime, need: timedelta) -> datetime | None:
        """The first instant by which the clinic has been open for `need` since `at`; None if not within the window."""
        for opens, closes in self.between(at, at + WINDOW):
            if need <= closes - opens:
                return opens + need
            need -= closes - opens
        return None

    def closing_of_working_day(self, at: datetime, days: int, zone: ZoneInfo) -> datetime | None:
        """When the clinic closes on the `days`-th local date after that of `at` on which it opens at all."""
        midnight = datetime.combine(at.astimezone(zone).date(), _MIDNIGHT, zone)
        for _ in range(WINDOW.days - 1):
            midnight += timedelta(days=1)  # by the clock on the wall: the next date, however long this one is
            closing = self._last_closing(midnight.astimezone(UTC), (midnight + timedelta(days=1)).astimezone(UTC))
            if closing is not None:
                days -= 1
                if days == 0:
                    return closing
        return None

    def _last_closing(self, start: datetime, end: datetime) -> datetime | None:
        index = bisect_left(self.starts, end) - 1
        return min(end, self.ends[index]) if index >= 0 and self.ends[index] > start else None

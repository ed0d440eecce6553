"""A stretch of time with a beginning and an end, in instants (`Interval`) or in minutes of a day (`TimeRange`)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

MINUTES_IN_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Interval:
    """Half-open: the clinic is open at `start` and closed at `end`. Both are aware datetimes in UTC."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Elapsed time, right across a clock change because both ends are in UTC."""
        return self.end - self.start


class TimeRange(NamedTuple):
    """Half-open, in minutes after local midnight as the clock on the wall shows them: 0 <= start < end <= 1440."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{clock(self.start)}-{clock(self.end)}"

    def overlaps(self, other: "TimeRange") -> bool:
        return self.start < other.end and other.start < self.end


def clock(minute: int) -> str:
    """Minutes after midnight as "08:00"; the end of the day is "24:00"."""
    return f"{minute // 60:02}:{minute % 60:02}"


def without(ranges: tuple[TimeRange, ...], cut: TimeRange) -> tuple[TimeRange, ...]:
    """What is left of `ranges` when `cut` is taken out of each of them."""
    left: list[TimeRange] = []
    for whole in ranges:
        left.append(TimeRange(whole.start, min(whole.end, cut.start)))
        left.append(TimeRange(max(whole.start, cut.end), whole.end))
    return tuple(piece for piece in left if piece.start < piece.end)

"""The wall clock, read in this one place, so that everything else is handed its time."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant as an aware datetime in UTC."""


class WallClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present instant as an aware datetime in UTC."""
        return datetime.now(UTC)


def milliseconds(instant: datetime) -> int:
    """Return an aware datetime as whole milliseconds since 1970, the unit of every stored instant."""
    return round(instant.timestamp() * 1000)


def instant(ms: int) -> datetime:
    """Return stored milliseconds since 1970 as an aware datetime in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC)

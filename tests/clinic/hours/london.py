"""A clinic in London: times on its clock, and schedules of what its file may hold."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clinic.hours import HoursFacts, Schedule

LONDON = ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    """Return a time on the clock in London."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def schedule(**facts: Any) -> Schedule:  # noqa: ANN401  # whatever the TOML file may hold
    return Schedule(HoursFacts.model_validate(facts))

"""The days that are not as usual: closures and special hours, as `clinic.toml` has them."""

from datetime import date, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from clinic.hours.grammar import times_fault, times_of, week_fault
from clinic.hours.interval import TimeRange
from clinic.hours.week import week_of
from clinic.shape import shaped

# A note stands in the middle of a sentence in a mail: one short line.
Note = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80),
    shaped(r"[^\x00-\x1f\x7f]+", "write it on one line"),
]
_LONGEST_DAYS = 400


class _Dated(BaseModel):
    """`from` and `until` are local dates, both included; without `until` it is one day."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    first: date = Field(alias="from")
    until: date | None = None
    note: Note | None = None
    note_cy: Note | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"it ends before it begins: write from = {self.last}, until = {self.first}")
        if self.days > _LONGEST_DAYS:
            raise ValueError(f"it lasts {self.days} days; the most is {_LONGEST_DAYS}: check the years")
        return self

    @property
    def last(self) -> date:
        return self.until or self.first

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def dates(self) -> list[date]:
        return [self.first + timedelta(days=step) for step in range(self.days)]

    def covers(self, other: "_Dated") -> bool:
        return self.first <= other.first and other.last <= self.last

    def meets(self, other: "_Dated") -> bool:
        return self.first <= other.last and other.first <= self.last

    @property
    def named(self) -> str:
        """How a fault or a warning calls the entry: '[[closure]] 2026-12-24 to 2027-01-02 (Christmas closure)'."""
        table = "special_hours" if isinstance(self, SpecialHours) else "closure"
        dates = f"{self.first}" if self.days == 1 else f"{self.first} to {self.last}"
        return f"[[{table}]] {dates}" + (f" ({self.note})" if self.note else "")


class Closure(_Dated):
    """Days on which the clinic is closed; with `hours` closed only then ("12:00-15:00"), and otherwise as usual."""

    hours: str | None = None

    @field_validator("hours")
    @classmethod
    def _readable(cls, hours: str | None) -> str | None:
        if hours is not None and (fault := times_fault(hours)):
            raise ValueError(str(fault))
        return hours

    @property
    def breaks(self) -> tuple[TimeRange, ...]:
        """The hours closed on each day; empty when it is the whole day."""
        return () if self.hours is None else times_of(self.hours)


class SpecialHours(_Dated):
    """Days with other hours: "10:00-14:00" on each of them, or a week of their own ("Mo-Fr 09:00-17:00; Sa off")."""

    hours: str

    @field_validator("hours")
    @classmethod
    def _readable(cls, hours: str) -> str:
        if hours.strip() in ("off", "closed"):
            raise ValueError("days without hours are a [[closure]]: move it there")
        if fault := week_fault(hours) if _is_week(hours) else times_fault(hours):
            raise ValueError(str(fault))
        return hours

    @property
    def names_weekdays(self) -> bool:
        """Whether `hours` is a week; a weekday it leaves out is then closed."""
        return _is_week(self.hours)

    def on(self, day: date) -> tuple[TimeRange, ...]:
        """The hours of one of its days."""
        return week_of(self.hours).days[day.weekday()] if self.names_weekdays else times_of(self.hours)


def _is_week(hours: str) -> bool:
    return hours.strip()[:1].isalpha() or hours.strip() == "24/7"

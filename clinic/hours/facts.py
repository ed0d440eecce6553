"""The facts a schedule is built from, each checked as it is read: the part of `clinic.toml` that is about time."""

from functools import cached_property
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from clinic.hours.bank_holidays import Nation, Substitutes, name_in
from clinic.hours.engine import can_place
from clinic.hours.exceptions import Closure, SpecialHours
from clinic.hours.grammar import times_fault, times_of, week_fault
from clinic.hours.interval import TimeRange
from clinic.hours.lint import exception_faults
from clinic.hours.target import ReplyTarget
from clinic.hours.week import Week, week_of
from clinic.languages import Locale


class HoursFacts(BaseModel):
    """When a clinic, or one site of it, is open. `docs/opening-hours.md` explains each setting to its owner.

    Of two that speak about the same day the later in this list wins: the usual week, `bank_holidays`, `special_hours`
    and `closure` (a shorter one inside a longer wins), a closure of part of a day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    timezone: str = "Europe/London"
    opening_hours: str = "Mo-Sa 08:00-20:00"
    bank_holidays: Nation = "england"
    bank_holiday_hours: str = "closed"
    bank_holiday_substitutes: Substitutes = "both"
    closure: tuple[Closure, ...] = ()
    special_hours: tuple[SpecialHours, ...] = ()
    reply: ReplyTarget = ReplyTarget(4, "open hour")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            known = can_place(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            known = False
        if not known:
            raise ValueError(f'there is no time zone "{name}": write "Europe/London", for example')
        return name

    @field_validator("opening_hours")
    @classmethod
    def _readable_week(cls, hours: str) -> str:
        if fault := week_fault(hours):
            raise ValueError(str(fault))
        return hours

    @field_validator("bank_holiday_hours")
    @classmethod
    def _readable_times(cls, hours: str) -> str:
        if hours != "closed" and (fault := times_fault(hours)):
            raise ValueError(f'{fault}\n  or "closed"')
        return hours

    @model_validator(mode="after")
    def _exceptions_fit(self) -> Self:
        if faults := exception_faults(self.week, self.closure, self.special_hours):
            raise ValueError("\n".join(faults))
        weeks = 4
        if self.reply.open_time and self.reply.open_time.total_seconds() > weeks * 60 * self.week.open_minutes:
            raise ValueError(f'the reply target "{self.reply}" is more than {weeks} weeks of opening hours')
        return self

    @cached_property
    def week(self) -> Week:
        return week_of(self.opening_hours)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def bank_holiday_times(self) -> tuple[TimeRange, ...]:
        """The hours on a bank holiday that falls on a day the clinic is usually open; empty when it closes."""
        return () if self.bank_holiday_hours == "closed" else times_of(self.bank_holiday_hours)

    def note_in(self, note: str, locale: Locale) -> str:
        """Return a note or a bank holiday's name in a language; as it is where nobody translated it."""
        if locale == "cy":
            for dated in (*self.closure, *self.special_hours):
                if dated.note == note and dated.note_cy:
                    return dated.note_cy
        return name_in(note, locale)

"""Answers questions about a clinic's time: is it open, when does it open, by when is a reply due."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from clinic.hours.bank_holidays import LAST_KNOWN_YEAR, PUBLISHED_UNTIL
from clinic.hours.days import Day, unusual_days, usual_day
from clinic.hours.errors import HoursError
from clinic.hours.facts import HoursFacts
from clinic.hours.interval import Interval
from clinic.hours.reasons import reason_between
from clinic.hours.table import TABLE, WINDOW, Table
from clinic.hours.target import ReplyTarget
from clinic.hours.warnings import warnings_at


class Schedule:
    """The hours of one clinic or site; build it once per process. A year is worked out on its first question (< 20 ms).

    Every instant is an aware datetime; every answer is in UTC. Intervals are half-open: at closing time the clinic is
    closed. No question looks further than 400 days ahead. Nothing here reads a clock, and nothing changes after it is
    built but the years it has worked out, so threads may share it.
    """

    __slots__ = ("_tables", "_unusual", "facts", "timezone")

    def __init__(self, facts: HoursFacts) -> None:
        self.facts = facts
        self.timezone: ZoneInfo = facts.zone
        self._tables: dict[int, Table] = {}
        self._unusual: dict[int, MappingProxyType[date, Day]] = {}

    @property
    def horizon(self) -> date:
        """The last date whose bank holidays are published; later ones are closed by rule, without one-off holidays."""
        return date.max if self.facts.bank_holidays == "none" else PUBLISHED_UNTIL

    def warnings_at(self, at: datetime) -> tuple[str, ...]:
        """What the owner should look at: entries that change nothing, or are over by then; a horizon that is near."""
        return warnings_at(self.facts, self.horizon, _utc(at).astimezone(self.timezone).date())

    def day(self, day: date) -> Day:
        """What is said about a local date. Raises HoursError for a year whose bank holidays nobody can know."""
        if day.year not in self._unusual:
            self._unusual[day.year] = MappingProxyType(dict(unusual_days(self.facts, day.year)))
        return self._unusual[day.year].get(day) or usual_day(self.facts, day)

    def is_open(self, at: datetime) -> bool:
        return self._closes_after(at) is not None

    def closes_at(self, at: datetime) -> datetime | None:
        """When the clinic closes, if it is open `at`; None when it is closed, or open for the next 400 days."""
        closes = self._closes_after(at)
        return None if closes is None or closes - _utc(at) > WINDOW else closes

    def next_opening(self, at: datetime) -> datetime | None:
        """The first open instant at or after `at`: `at` itself when open; None when there is none in 400 days."""
        at = _utc(at)
        table = self._table(at)
        index = table.index(at)
        if table.is_open(index, at):
            return at
        if index + 1 < len(table.starts) and table.starts[index + 1] - at <= WINDOW:
            return table.starts[index + 1]
        return None

    def reason(self, at: datetime) -> str | None:
        """Why the clinic is closed `at`, when it is for a particular reason ("Christmas closure", "Boxing Day").

        The reason of that very instant, or else the first one in the closed time that follows: at 9pm on Christmas Eve
        it is "Christmas Day". None when it is open, or shut as in any week.
        """
        at = _utc(at)
        opening = self.next_opening(at)
        if opening == at:
            return None
        zone = self.timezone
        until = (at + WINDOW if opening is None else opening).astimezone(zone)
        return reason_between(self, at.astimezone(zone), until)

    def intervals(self, start: datetime, end: datetime) -> Iterator[Interval]:
        """The open intervals between two instants, clipped to them, in order, never touching each other."""
        start, end = _utc(start), _utc(end)
        pending: Interval | None = None
        while start < end:
            until = min(end, start + WINDOW)
            for opens, closes in self._table(start).between(start, until):
                if pending is not None and pending.end == opens:
                    pending = Interval(pending.start, closes)
                    continue
                if pending is not None:
                    yield pending
                pending = Interval(opens, closes)
            start = until
        if pending is not None:
            yield pending

    def reply_by(self, at: datetime, target: ReplyTarget | None = None) -> datetime:
        """When a reply to an enquiry received `at` is due: in open time, or at the instant the clinic closes.

        The clinic's own target counts unless another is given. Open hours and minutes are counted while the clinic is
        open, from `at` or from the next opening; working days as ReplyTarget says. Raises HoursError when the clinic is
        not open for long enough in 400 days.
        """
        at, target = _utc(at), target or self.facts.reply
        if target.open_time is not None:
            due = self._table(at).after_open_time(at, target.open_time)
        else:
            due = self._table(at).closing_of_working_day(at, target.amount, self.timezone)
        if due is None:
            raise HoursError(f"the clinic is not open for {target} within {WINDOW.days} days of {at:%Y-%m-%d}")
        return due

    def part_of(self, at: datetime, until: datetime, share: float) -> datetime:
        """The instant by which a share (over 0, under 1) of the open time between two instants has passed.

        It lies in open time. Raises HoursError where there is none between them.
        """
        spans = list(self.intervals(at, until))
        left = sum((span.length for span in spans), timedelta()) * share
        for span in spans:
            if left < span.length:
                return span.start + left
            left -= span.length
        raise HoursError("the clinic is not open between the two")

    def _closes_after(self, at: datetime) -> datetime | None:
        at = _utc(at)
        table = self._table(at)
        index = table.index(at)
        return table.ends[index] if table.is_open(index, at) else None

    def _table(self, at: datetime) -> Table:
        table = self._tables.get(at.year)
        if table is None:
            start = datetime(at.year, 1, 1, tzinfo=UTC)
            end = start + TABLE
            if self.facts.bank_holidays != "none":
                if at.year > LAST_KNOWN_YEAR:
                    raise HoursError(f"bank holidays are not known after {LAST_KNOWN_YEAR}")
                end = min(end, datetime(LAST_KNOWN_YEAR, 12, 31, tzinfo=UTC))
            table = self._tables[at.year] = Table.of(self.facts, start, end)
        return table


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise HoursError("an instant needs a time zone: this datetime has none")
    return at.astimezone(UTC)

"""A second opinion from another engine: `workclock` (Rust, its own time-zone code), built from the same facts.

It can't say special hours; `minute_walk` can. Bank holidays come from the same calendar, which `test_bank_holidays`
compares with GOV.UK.
"""

from datetime import UTC, date, datetime, time, timedelta

import workclock

from clinic.hours import HoursFacts
from clinic.hours.bank_holidays import bank_holidays
from clinic.hours.target import ReplyTarget

_YEARS = range(2023, 2036)


class WorkclockOracle:
    """Answers as Schedule does, in UTC."""

    def __init__(self, facts: HoursFacts) -> None:
        self.zone = facts.zone
        rules: list[workclock.Rule] = [
            workclock.WorkDay(_time(hours.start), _time(hours.end), days=[weekday])
            for weekday, day in enumerate(facts.week.days)
            for hours in day
        ]
        closed: set[date] = {day for entry in facts.closure for day in entry.dates()}
        for year in _YEARS:
            closed.update(bank_holidays(facts.bank_holidays, year, facts.bank_holiday_substitutes))
        rules.append(workclock.Holidays(closed))
        self._schedule = workclock.Schedule(rules, time_zone=facts.timezone)

    def next_opening(self, at: datetime) -> datetime:
        return max(at, self._schedule.next_period(at)[0].astimezone(UTC))

    def is_open(self, at: datetime) -> bool:
        return self.next_opening(at) == at

    def reply_by(self, at: datetime, target: ReplyTarget) -> datetime:
        if target.open_time is not None:
            return self._schedule.add(at, target.open_time)
        midnight = datetime.combine(at.astimezone(self.zone).date(), time(0), self.zone)
        left = target.amount
        while left:
            midnight += timedelta(days=1)
            if self._schedule.between(midnight, midnight + timedelta(days=1)) > timedelta(0):
                left -= 1
        closing = self._schedule.previous_period((midnight + timedelta(days=1)).astimezone(UTC))[1]
        return min(closing, midnight + timedelta(days=1)).astimezone(UTC)


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)

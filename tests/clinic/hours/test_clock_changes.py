"""Every change of the clocks in London from 2024 to 2032."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.hours import HoursFacts, ReplyTarget, Schedule
from tests.clinic.hours import minute_walk

LONDON = ZoneInfo("Europe/London")
HOUR = timedelta(hours=1)
FOUR_HOURS = ReplyTarget.parse("4 open hours")


def _changes() -> list[datetime]:
    hours = (datetime(2024, 1, 1, tzinfo=UTC) + n * HOUR for n in range(24 * 366 * 9))
    return [
        hour
        for hour in hours
        if hour.year < 2033 and hour.astimezone(LONDON).utcoffset() != (hour - HOUR).astimezone(LONDON).utcoffset()
    ]


CHANGES = _changes()
BRIEF = Schedule(HoursFacts(bank_holidays="none"))
ALL_DAY = Schedule(HoursFacts(bank_holidays="none", opening_hours="24/7"))
NIGHTS = Schedule(HoursFacts(bank_holidays="none", opening_hours="Sa 20:00-24:00; Su 00:00-06:00"))
SMALL_HOURS = Schedule(HoursFacts(bank_holidays="none", opening_hours="Mo-Su 01:00-02:00"))


def test_there_are_two_changes_a_year() -> None:
    assert [change.year for change in CHANGES] == [year for year in range(2024, 2033) for _ in "ab"]
    assert {change.astimezone(LONDON).month for change in CHANGES} == {3, 10}


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_saturday_evening_to_monday_morning_is_right_on_the_clock_of_each(change: datetime) -> None:
    sunday = change.astimezone(LONDON).date()
    saturday = datetime.combine(sunday - timedelta(days=1), datetime.min.time(), LONDON).replace(hour=19)
    monday = datetime.combine(sunday + timedelta(days=1), datetime.min.time(), LONDON)

    assert BRIEF.closes_at(saturday) == saturday.replace(hour=20)
    assert BRIEF.next_opening(saturday.replace(hour=21)) == monday.replace(hour=8)
    assert BRIEF.reply_by(saturday, FOUR_HOURS) == monday.replace(hour=11)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_elapsed_hours_are_counted_not_the_hands_of_the_clock(change: datetime) -> None:
    assert ALL_DAY.reply_by(change - 2 * HOUR, FOUR_HOURS) == change + 2 * HOUR
    night = next(iter(NIGHTS.intervals(change - 24 * HOUR, change + 24 * HOUR)))
    assert night.length == (9 if change.astimezone(LONDON).month == 3 else 11) * HOUR


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_walk_by_the_minute_agrees_around_each(change: datetime) -> None:
    for minutes in range(-180, 181, 5):
        instant = change + timedelta(minutes=minutes)
        assert NIGHTS.is_open(instant) == minute_walk.is_open(NIGHTS.facts, instant), instant
        assert BRIEF.is_open(instant) == minute_walk.is_open(BRIEF.facts, instant), instant


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_the_hour_that_is_skipped_is_not_open_and_the_doubled_one_is_open_once(change: datetime) -> None:
    sunday = change.astimezone(LONDON).date()
    midnight = datetime.combine(sunday, datetime.min.time(), LONDON)
    open_hours = list(SMALL_HOURS.intervals(midnight, midnight + timedelta(days=1)))

    if sunday.month == 3:
        assert open_hours == []
    else:
        assert [(one.start, one.length) for one in open_hours] == [(change, HOUR)]


def test_a_promise_in_the_doubled_hour_is_one_hour_later_on_its_second_time() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = first + HOUR
    assert first.astimezone(LONDON).replace(fold=0, tzinfo=None) == second.astimezone(LONDON).replace(
        fold=0, tzinfo=None
    )

    assert ALL_DAY.reply_by(second, FOUR_HOURS) - ALL_DAY.reply_by(first, FOUR_HOURS) == HOUR

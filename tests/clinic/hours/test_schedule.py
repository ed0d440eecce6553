"""Open or closed, when next, and by when a reply is due."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from clinic.hours import HoursError, HoursFacts, Interval, ReplyTarget, Schedule
from tests.clinic.hours.london import at, schedule

FOUR_HOURS, ONE_DAY = ReplyTarget.parse("4 open hours"), ReplyTarget.parse("1 working day")


BRIEF = schedule()
SECOND = timedelta(seconds=1)


def test_it_is_open_from_the_second_of_opening_to_just_before_closing() -> None:
    opening, closing = at("2026-11-23 08:00"), at("2026-11-23 20:00")

    assert not BRIEF.is_open(opening - SECOND)
    assert BRIEF.is_open(opening)
    assert BRIEF.is_open(closing - SECOND)
    assert not BRIEF.is_open(closing)


def test_next_opening_is_now_while_open_and_the_next_one_at_closing_time() -> None:
    assert BRIEF.next_opening(at("2026-11-23 12:00")) == at("2026-11-23 12:00")
    assert BRIEF.next_opening(at("2026-11-23 20:00")) == at("2026-11-24 08:00")
    assert BRIEF.next_opening(at("2026-11-21 20:00")) == at("2026-11-23 08:00")


def test_closes_at_is_the_end_of_the_open_stretch_and_nothing_when_closed() -> None:
    split = schedule(opening_hours="Mo-Fr 08:00-12:30,13:30-20:00")

    assert split.closes_at(at("2026-11-23 08:00")) == at("2026-11-23 12:30")
    assert split.closes_at(at("2026-11-23 12:30")) is None
    assert split.closes_at(at("2026-11-23 13:30")) == at("2026-11-23 20:00")


def test_answers_are_in_utc_whatever_the_zone_of_the_question() -> None:
    summer = at("2026-07-01 07:00")

    for question in (summer, summer.astimezone(UTC), summer.astimezone(ZoneInfo("Asia/Tokyo"))):
        for answer in (BRIEF.next_opening(question), BRIEF.reply_by(question, FOUR_HOURS)):
            assert answer is not None
            assert answer.tzinfo is UTC
        assert BRIEF.next_opening(question) == datetime(2026, 7, 1, 7, tzinfo=UTC)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(HoursError, match="needs a time zone"):
        BRIEF.is_open(datetime(2026, 11, 23, 12))  # noqa: DTZ001  # the point of the test


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-23 10:00", "2026-11-23 14:00"),
        ("2026-11-23 16:00", "2026-11-23 20:00"),  # ends with closing time, not with the next opening
        ("2026-11-23 16:01", "2026-11-24 08:01"),
        ("2026-11-21 20:30", "2026-11-23 12:00"),  # Saturday evening
        ("2026-11-22 12:00", "2026-11-23 12:00"),  # Sunday
        ("2026-11-23 06:00", "2026-11-23 12:00"),
        ("2026-12-24 19:30", "2026-12-29 11:30"),  # over Christmas: Friday, Boxing Day, Sunday and the substitute
        ("2026-12-31 19:30", "2027-01-02 11:30"),
        ("2027-03-25 19:00", "2027-03-27 11:00"),  # over Good Friday
        ("2027-03-27 19:00", "2027-03-30 11:00"),  # over Easter Monday and the change to summer time
    ],
)
def test_four_open_hours_are_counted_while_it_is_open_only(received: str, due: str) -> None:
    assert BRIEF.reply_by(at(received), FOUR_HOURS) == at(due)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-11-23 00:00", "2026-11-24 20:00"),  # the day it came in does not count, not even before opening
        ("2026-11-23 10:00", "2026-11-24 20:00"),
        ("2026-11-23 23:59", "2026-11-24 20:00"),
        ("2026-11-21 10:00", "2026-11-23 20:00"),  # Saturday: Sunday is no working day
        ("2026-11-22 12:00", "2026-11-23 20:00"),
        ("2026-12-24 10:00", "2026-12-29 20:00"),
    ],
)
def test_one_working_day_is_closing_time_of_the_next_day_it_opens(received: str, due: str) -> None:
    assert BRIEF.reply_by(at(received), ONE_DAY) == at(due)


def test_a_working_day_ends_when_that_day_closes() -> None:
    split = schedule(
        opening_hours="Mo-Fr 08:00-12:30,13:30-19:00; Sa 09:00-12:00",
        special_hours=[{"from": "2026-11-24", "hours": "10:00-11:00"}],
    )

    assert split.reply_by(at("2026-11-23 10:00"), ONE_DAY) == at("2026-11-24 11:00")
    assert split.reply_by(at("2026-11-23 10:00"), ReplyTarget.parse("2 working days")) == at("2026-11-25 19:00")
    assert split.reply_by(at("2026-11-27 10:00"), ONE_DAY) == at("2026-11-28 12:00")


def test_a_working_day_that_never_closes_ends_at_midnight() -> None:
    assert schedule(opening_hours="24/7").reply_by(at("2026-06-10 10:00"), ONE_DAY) == at("2026-06-12 00:00")


def test_open_minutes_count_across_a_lunch_break() -> None:
    split = schedule(opening_hours="Mo-Fr 08:00-12:30,13:30-20:00")

    assert split.reply_by(at("2026-11-23 12:00"), ReplyTarget.parse("30 open minutes")) == at("2026-11-23 12:30")
    assert split.reply_by(at("2026-11-23 12:00"), ReplyTarget.parse("90 open minutes")) == at("2026-11-23 14:30")


def test_seconds_of_the_enquiry_are_kept() -> None:
    received = at("2026-11-23 10:00") + timedelta(seconds=12, microseconds=345)

    assert BRIEF.reply_by(received, FOUR_HOURS) == received + timedelta(hours=4)


def test_open_all_day_never_closes_and_has_no_next_opening_but_now() -> None:
    always = schedule(opening_hours="24/7", bank_holidays="none")

    assert always.is_open(at("2026-12-25 03:00"))
    assert always.closes_at(at("2026-12-25 03:00")) is None
    assert always.next_opening(at("2026-12-25 03:00")) == at("2026-12-25 03:00")
    start, end = at("2026-01-01 00:00"), at("2029-06-01 00:00")
    assert list(always.intervals(start, end)) == [Interval(start.astimezone(UTC), end.astimezone(UTC))]


def test_open_all_day_closes_for_a_bank_holiday() -> None:
    always = schedule(opening_hours="24/7")

    assert always.closes_at(at("2026-12-10 12:00")) == at("2026-12-25 00:00")
    assert always.next_opening(at("2026-12-25 12:00")) == at("2026-12-27 00:00")


def test_intervals_are_clipped_in_order_and_apart_over_many_years() -> None:
    start, end = at("2025-06-02 12:00"), at("2031-06-03 09:00")

    intervals = list(BRIEF.intervals(start, end))

    assert intervals[0] == Interval(start.astimezone(UTC), at("2025-06-02 20:00").astimezone(UTC))
    assert intervals[-1].end == end
    assert intervals[-1].length == timedelta(hours=1)
    assert all(one.end < other.start for one, other in pairwise(intervals))
    assert all(one.start < one.end for one in intervals)
    assert len(intervals) == sum(bool(BRIEF.day(start.date() + timedelta(days=n)).hours) for n in range(365 * 6 + 3))


def test_intervals_of_nothing_are_none() -> None:
    assert list(BRIEF.intervals(at("2026-11-23 20:00"), at("2026-11-24 08:00"))) == []
    assert list(BRIEF.intervals(at("2026-11-23 12:00"), at("2026-11-23 12:00"))) == []


def test_hours_that_meet_at_midnight_are_one_stretch() -> None:
    nights = schedule(opening_hours="Fr 20:00-24:00; Sa 00:00-06:00")

    assert nights.closes_at(at("2026-11-27 21:00")) == at("2026-11-28 06:00")
    assert nights.reply_by(at("2026-11-27 21:00"), ONE_DAY) == at("2026-11-28 06:00")


def test_a_clinic_that_is_shut_for_too_long_has_no_answer() -> None:
    shut = schedule(
        closure=[{"from": "2026-01-01", "until": "2026-12-31"}, {"from": "2027-01-01", "until": "2027-12-31"}]
    )

    assert shut.next_opening(at("2026-11-26 20:00")) is None
    assert shut.next_opening(at("2026-12-01 20:00")) == at("2028-01-04 08:00")
    with pytest.raises(HoursError, match="not open for 4 open hours within 400 days"):
        shut.reply_by(at("2026-03-01 12:00"), FOUR_HOURS)
    with pytest.raises(HoursError, match="not open for 1 working day within 400 days"):
        shut.reply_by(at("2026-03-01 12:00"), ONE_DAY)


def test_the_end_of_a_long_closure_is_seen_up_to_400_days_ahead() -> None:
    shut = schedule(bank_holidays="none", closure=[{"from": "2026-02-02", "until": "2027-03-07"}])
    opening = at("2027-03-08 08:00")

    assert shut.next_opening(opening - timedelta(days=400)) == opening
    assert shut.next_opening(opening.astimezone(UTC) - timedelta(days=400, seconds=1)) is None
    assert shut.next_opening(at("2026-12-31 23:59")) == opening


def test_bank_holidays_are_closed_long_after_the_published_ones() -> None:
    for year in range(2029, 2100):
        assert not BRIEF.is_open(at(f"{year}-12-25 12:00"))


def test_a_year_nobody_can_know_is_refused_and_not_taken_for_open() -> None:
    with pytest.raises(HoursError, match="not known after 2100"):
        BRIEF.is_open(at("2101-03-01 12:00"))
    assert schedule(bank_holidays="none").is_open(at("2101-03-01 12:00"))


def test_the_horizon_is_the_last_published_date() -> None:
    assert BRIEF.horizon == date(2028, 12, 31)
    assert schedule(bank_holidays="none").horizon == date.max


def test_the_end_of_all_knowledge_is_no_opening() -> None:
    assert BRIEF.next_opening(at("2100-12-30 21:00")) is None
    assert BRIEF.is_open(at("2100-12-30 19:59"))


def test_a_year_is_worked_out_once_when_it_is_first_asked_about() -> None:
    fresh = Schedule(HoursFacts())

    fresh.is_open(at("2026-03-01 12:00"))
    table = fresh._tables[2026]
    fresh.is_open(at("2026-12-31 12:00"))
    assert list(fresh._tables) == [2026]
    assert fresh._tables[2026] is table


def test_the_target_of_the_clinic_counts_unless_another_is_given() -> None:
    patient = Schedule(HoursFacts(reply=ONE_DAY))

    assert patient.reply_by(at("2026-11-23 10:00")) == at("2026-11-24 20:00")
    assert patient.reply_by(at("2026-11-23 10:00"), FOUR_HOURS) == at("2026-11-23 14:00")


def test_new_year_is_closed_in_every_zone_from_its_own_midnight() -> None:
    for zone, other in (("Europe/London", "Pacific/Auckland"), ("America/New_York", "Pacific/Honolulu")):
        for name in (zone, other):
            late = schedule(
                timezone=name, opening_hours="24/7", closure=[{"from": "2026-12-31"}], bank_holidays="england"
            )
            closes = datetime(2026, 12, 31, tzinfo=ZoneInfo(name))
            opens = datetime(2027, 1, 2, tzinfo=ZoneInfo(name))
            for hours in range(-30, 80):
                instant = datetime(2026, 12, 31, tzinfo=UTC) + timedelta(hours=hours)
                assert late.is_open(instant) == (not closes <= instant < opens), (name, instant)


def test_the_next_working_day_after_new_year_is_the_second() -> None:
    assert BRIEF.reply_by(at("2026-01-01 12:00"), ONE_DAY) == at("2026-01-02 20:00")


def test_closing_at_midnight_does_not_make_the_next_day_a_working_day() -> None:
    mondays = schedule(opening_hours="Mo 20:00-24:00")

    assert mondays.reply_by(at("2026-11-22 12:00"), ONE_DAY) == at("2026-11-24 00:00")
    assert mondays.reply_by(at("2026-11-23 21:00"), ONE_DAY) == at("2026-12-01 00:00")
    assert mondays.reply_by(at("2026-11-22 12:00"), ReplyTarget.parse("2 working days")) == at("2026-12-01 00:00")


def test_two_threads_may_ask_about_a_new_year_at_once() -> None:
    fresh = schedule()
    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(lambda _: fresh.next_opening(at("2027-05-01 21:00")), range(32)))

    assert answers == {at("2027-05-04 08:00")}


@pytest.mark.parametrize(
    ("share", "instant"), [(0.25, "2026-11-23 19:00"), (0.5, "2026-11-24 08:00"), (0.75, "2026-11-24 09:00")]
)
def test_a_part_of_the_time_between_two_instants_is_of_open_time(share: float, instant: str) -> None:
    schedule = Schedule(HoursFacts())
    assert schedule.part_of(at("2026-11-23 18:00"), at("2026-11-24 10:00"), share) == at(instant)

"""What holds for every clinic at every instant from 2024 to 2032."""

from datetime import datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from clinic.hours import ReplyTarget, Schedule, mail_sentence, promise, sentence
from tests.clinic.hours.schedules import FIRST, LAST, built

SCHEDULES = built()
EPSILON = timedelta(microseconds=1)

schedules = st.sampled_from(sorted(SCHEDULES)).map(SCHEDULES.__getitem__)
instants = st.one_of(
    st.integers(0, int((LAST - FIRST).total_seconds()) * 1_000_000).map(lambda n: FIRST + timedelta(microseconds=n)),
    st.integers(0, int((LAST - FIRST).total_seconds()) // 900).map(lambda n: FIRST + timedelta(minutes=15 * n)),
)
targets = st.one_of(
    st.integers(1, 12).map(lambda n: ReplyTarget(n, "open hour")),
    st.integers(1, 600).map(lambda n: ReplyTarget(n, "open minute")),
    st.integers(1, 5).map(lambda n: ReplyTarget(n, "working day")),
)


@given(schedules, instants)
def test_inside_an_interval_it_is_open_and_around_it_closed(schedule: Schedule, at: datetime) -> None:
    end = at + timedelta(days=9)
    for interval in schedule.intervals(at, end):
        assert schedule.is_open(interval.start)
        assert schedule.is_open(interval.end - EPSILON)
        assert interval.end == end or not schedule.is_open(interval.end)
        assert interval.start == at or not schedule.is_open(interval.start - EPSILON)


@given(schedules, instants)
def test_the_next_opening_is_open_and_nothing_is_open_before_it(schedule: Schedule, at: datetime) -> None:
    opening = schedule.next_opening(at)

    assert opening is not None
    assert opening >= at
    assert schedule.is_open(opening)
    assert (opening == at) == schedule.is_open(at)
    assert list(schedule.intervals(at, opening)) == []


@given(schedules, instants)
def test_it_is_open_until_it_closes(schedule: Schedule, at: datetime) -> None:
    closes = schedule.closes_at(at)

    if closes is not None:
        assert schedule.is_open(at)
        assert [(one.start, one.end) for one in schedule.intervals(at, closes)] == [(at, closes)]
        assert not schedule.is_open(closes)


@given(schedules, instants, targets)
def test_a_deadline_is_inside_open_hours_or_at_the_instant_they_end(
    schedule: Schedule, at: datetime, target: ReplyTarget
) -> None:
    due = schedule.reply_by(at, target)

    assert due > at
    assert schedule.is_open(due - EPSILON)
    if target.open_time is None:
        local = due.astimezone(schedule.timezone)
        assert not schedule.is_open(due) or local.time() == time(0)


@given(schedules, instants, targets)
def test_exactly_the_promised_open_time_passes_before_a_deadline(
    schedule: Schedule, at: datetime, target: ReplyTarget
) -> None:
    if target.open_time is not None:
        passed = sum((one.length for one in schedule.intervals(at, schedule.reply_by(at, target))), timedelta(0))
        assert passed == target.open_time


@given(schedules, instants, st.timedeltas(timedelta(0), timedelta(days=20)), targets)
def test_who_writes_later_is_never_promised_an_earlier_reply(
    schedule: Schedule, at: datetime, wait: timedelta, target: ReplyTarget
) -> None:
    assert schedule.reply_by(at, target) <= schedule.reply_by(at + wait, target)


@given(schedules, instants)
def test_a_promise_is_one_story(schedule: Schedule, at: datetime) -> None:
    made = promise(schedule, at)

    assert made.open_now == schedule.is_open(at)
    assert made.reply_by == schedule.reply_by(at)
    if made.open_now:
        assert made.reason is None
        assert made.closes_at is None or at < made.closes_at < made.next_opening
    else:
        assert made.closes_at is None
        assert at < made.next_opening < made.reply_by
    assert sentence(made)
    assert mail_sentence(made)


@given(schedules, instants)
def test_the_day_and_the_intervals_tell_the_same_hours(schedule: Schedule, at: datetime) -> None:
    date = at.astimezone(schedule.timezone).date()
    midnight = datetime.combine(date, time(0), schedule.timezone)
    next_midnight = midnight + timedelta(days=1)
    if midnight.utcoffset() == next_midnight.utcoffset():
        said = [
            (midnight + timedelta(minutes=hours.start), midnight + timedelta(minutes=hours.end))
            for hours in schedule.day(date).hours
        ]
        assert [(one.start, one.end) for one in schedule.intervals(midnight, next_midnight)] == said

"""What we promise somebody who wrote to us at a given instant."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.hours import HoursError, HoursFacts, Promise, ReplyTarget, Schedule, promise
from tests.clinic.hours.london import LONDON, at

BRIEF = Schedule(HoursFacts())


def shut_for_two_years() -> Schedule:
    closure = [{"from": f"{year}-01-01", "until": f"{year}-12-31"} for year in (2026, 2027)]
    return Schedule(HoursFacts.model_validate({"closure": closure}))


def test_saturday_evening_enquiry_promises_monday_morning() -> None:
    assert promise(BRIEF, at("2026-11-21 20:30")) == Promise(
        received_at=datetime(2026, 11, 21, 20, 30, tzinfo=UTC),
        open_now=False,
        closes_at=None,
        next_opening=datetime(2026, 11, 23, 8, tzinfo=UTC),
        reply_by=datetime(2026, 11, 23, 12, tzinfo=UTC),
        reason=None,
        timezone=LONDON,
    )


def test_enquiry_while_open_promises_the_same_day_and_knows_the_next_opening() -> None:
    made = promise(BRIEF, at("2026-07-01 10:00"))

    assert made.open_now
    assert made.closes_at == at("2026-07-01 20:00")
    assert made.next_opening == at("2026-07-02 08:00")
    assert made.reply_by == at("2026-07-01 14:00")
    assert {made.received_at.tzinfo, made.next_opening.tzinfo, made.reply_by.tzinfo} == {UTC}


def test_closing_time_is_closed() -> None:
    assert promise(BRIEF, at("2026-11-23 20:00") - timedelta(microseconds=1)).open_now
    assert not promise(BRIEF, at("2026-11-23 20:00")).open_now


def test_half_past_seven_on_christmas_eve_promises_the_right_hour_of_the_right_day() -> None:
    made = promise(BRIEF, at("2026-12-24 19:30"))

    assert made.open_now
    assert made.reply_by == at("2026-12-29 11:30")
    assert made.next_opening == at("2026-12-29 08:00")
    assert made.reason is None


def test_christmas_day_has_its_reason() -> None:
    assert promise(BRIEF, at("2026-12-25 12:00")).reason == "Christmas Day"


def test_the_target_of_the_clinic_counts() -> None:
    patient = Schedule(HoursFacts(reply=ReplyTarget.parse("1 working day")))

    assert promise(patient, at("2026-11-23 10:00")).reply_by == at("2026-11-24 20:00")


def test_a_clinic_that_never_closes_has_no_closing_and_opens_now() -> None:
    made = promise(Schedule(HoursFacts(opening_hours="24/7", bank_holidays="none")), at("2026-11-23 10:00"))

    assert (made.open_now, made.closes_at, made.next_opening) == (True, None, made.received_at)


def test_a_clinic_open_for_the_last_time_opens_no_more() -> None:
    closure = [{"from": "2026-11-24", "until": "2026-12-31"}, {"from": "2027-01-01", "until": "2028-01-31"}]
    made = promise(Schedule(HoursFacts.model_validate({"closure": closure})), at("2026-11-23 10:00"))

    assert made.closes_at == at("2026-11-23 20:00")
    assert made.next_opening == made.received_at


def test_no_promise_is_made_when_the_clinic_does_not_open() -> None:
    with pytest.raises(HoursError, match="does not open within 400 days of 2026-03-01"):
        promise(shut_for_two_years(), at("2026-03-01 12:00"))


def test_no_promise_is_made_for_an_instant_without_a_zone() -> None:
    with pytest.raises(HoursError, match="needs a time zone"):
        promise(BRIEF, datetime(2026, 11, 23, 10))  # noqa: DTZ001  # the point of the test

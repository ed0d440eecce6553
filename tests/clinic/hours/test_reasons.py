"""Why the clinic is closed at an instant: in words of its own, or those of a bank holiday."""

import pytest

from tests.clinic.hours.london import at, schedule

BRIEF = schedule()


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        ("2026-11-23 12:00", None),  # open
        ("2026-11-23 21:00", None),  # closed as on any evening
        ("2026-11-22 12:00", None),  # closed as on any Sunday
        ("2026-12-25 12:00", "Christmas Day"),
        ("2026-12-26 12:00", "Boxing Day"),
        ("2026-12-28 12:00", "substitute day for Boxing Day"),
        ("2026-12-24 21:00", "Christmas Day"),  # the evening before
        ("2026-12-27 12:00", "substitute day for Boxing Day"),
        ("2026-12-28 23:59", "substitute day for Boxing Day"),
        ("2026-12-29 00:00", None),
        ("2026-05-02 21:00", "Early May bank holiday"),  # Saturday evening: Sunday lies between
        ("2026-05-04 00:00", "Early May bank holiday"),
        ("2026-05-04 23:30", "Early May bank holiday"),
    ],
)
def test_the_reason_is_that_of_the_closed_time(when: str, reason: str | None) -> None:
    assert BRIEF.reason(at(when)) == reason


def test_the_reason_of_part_of_a_day_holds_for_that_part() -> None:
    busy = schedule(
        closure=[
            {"from": "2026-11-24", "hours": "12:00-15:00", "note": "Staff training"},
            {"from": "2026-11-26", "hours": "17:45-20:00", "note": "Fire drill"},
        ],
        special_hours=[{"from": "2026-11-25", "hours": "10:00-14:00", "note": "Half day"}],
    )

    assert busy.reason(at("2026-11-24 11:59")) is None
    assert busy.reason(at("2026-11-24 12:00")) == "Staff training"
    assert busy.reason(at("2026-11-24 15:00")) is None
    assert busy.reason(at("2026-11-24 21:00")) is None
    assert busy.reason(at("2026-11-25 07:59")) is None
    assert busy.reason(at("2026-11-25 08:00")) == "Half day"  # it would usually be open
    assert busy.reason(at("2026-11-25 14:00")) == "Half day"
    assert busy.reason(at("2026-11-25 20:00")) is None
    assert busy.reason(at("2026-11-26 17:45")) == "Fire drill"
    assert busy.reason(at("2026-11-26 19:59")) == "Fire drill"
    assert busy.reason(at("2026-11-26 20:00")) is None


def test_a_closure_without_end_still_has_its_reason() -> None:
    shut = schedule(closure=[{"from": "2026-01-01", "until": "2027-02-03", "note": "We are moving"}])

    assert shut.reason(at("2026-01-01 00:00")) == "We are moving"
    assert shut.reason(at("2026-06-01 12:00")) == "We are moving"


def test_the_reason_of_a_closure_without_end_is_found_from_the_evening_before() -> None:
    shut = schedule(closure=[{"from": "2026-01-05", "until": "2027-02-08", "note": "We are moving"}])

    assert shut.next_opening(at("2026-01-03 21:00")) is None
    assert shut.reason(at("2026-01-03 21:00")) == "We are moving"

"""The text the engine gets."""

from datetime import date

from clinic.hours.days import Day
from clinic.hours.expression import expression
from clinic.hours.interval import TimeRange
from clinic.hours.week import week_of


def test_the_week_comes_first_and_days_in_a_row_with_the_same_hours_are_one_rule() -> None:
    morning = (TimeRange(480, 720),)
    days = [
        Day(date(2027, 1, 1), ()),
        Day(date(2026, 12, 31), (), note='a "note"; off'),
        Day(date(2027, 1, 2), morning),
        Day(date(2027, 1, 4), morning),
        Day(date(2026, 6, 1), (*morning, TimeRange(800, 1440))),
    ]

    assert expression(week_of("Mo-Sa 08:00-20:00; We off"), days) == (
        "Mo-Tu 08:00-20:00; Th-Sa 08:00-20:00; 2026 Jun 01 08:00-12:00,13:20-24:00; 2026 Dec 31-2027 Jan 01 off; "
        "2027 Jan 02 08:00-12:00; 2027 Jan 04 08:00-12:00"
    )


def test_a_week_without_unusual_days_is_just_the_week() -> None:
    assert expression(week_of("Mo-Sa 08:00-20:00"), []) == "Mo-Sa 08:00-20:00"

"""The hours as a patient reads them."""

from datetime import date
from typing import Any

import pytest

from clinic.hours import HoursFacts, Schedule, bank_holiday_line, coming_lines, hours_lines


@pytest.mark.parametrize(
    ("hours", "lines"),
    [
        ("Mo-Sa 08:00-20:00", ["Monday to Saturday, 8am to 8pm", "Sunday, closed"]),
        (
            "Mo-Fr 08:00-12:30,13:30-20:00; Sa 09:00-12:00",
            ["Monday to Friday, 8am to 12:30pm and 1:30pm to 8pm", "Saturday, 9am to midday", "Sunday, closed"],
        ),
        (
            "Mo,We 08:00-09:00,10:00-11:00,12:00-13:00",
            [
                "Monday, 8am to 9am, 10am to 11am and midday to 1pm",
                "Tuesday, closed",
                "Wednesday, 8am to 9am, 10am to 11am and midday to 1pm",
                "Thursday to Sunday, closed",
            ],
        ),
        ("Mo-Fr 08:00-20:00", ["Monday to Friday, 8am to 8pm", "Saturday and Sunday, closed"]),
        ("Mo-Th 08:00-20:00", ["Monday to Thursday, 8am to 8pm", "Friday to Sunday, closed"]),
        ("24/7", ["Monday to Sunday, open all day"]),
        ("Mo-Su 18:00-24:00", ["Monday to Sunday, 6pm to midnight"]),
    ],
)
def test_days_with_the_same_hours_share_a_line(hours: str, lines: list[str]) -> None:
    assert hours_lines(HoursFacts(opening_hours=hours)) == lines
    assert not any("\u2013" in line for line in lines)


def test_the_days_have_the_names_of_the_language() -> None:
    assert hours_lines(HoursFacts(), locale="cy")[1] == "Dydd Sul, ar gau"
    lines = coming_lines(Schedule(HoursFacts()), date(2026, 12, 25), days=4, locale="cy")
    assert [line.split(",")[0] for line in lines] == [
        "Dydd Gwener 25 Rhagfyr",
        "Dydd Sadwrn 26 Rhagfyr",
        "Dydd Llun 28 Rhagfyr",
    ]


def test_the_year_is_said_when_it_is_not_that_of_the_reference() -> None:
    schedule = Schedule(HoursFacts())

    assert coming_lines(schedule, date(2027, 1, 1), days=1) == ["Friday 1 January, closed (New Year's Day)"]
    assert coming_lines(schedule, date(2027, 1, 1), days=1, seen_from=date(2026, 12, 1)) == [
        "Friday 1 January 2027, closed (New Year's Day)"
    ]


def test_one_line_says_what_holds_on_bank_holidays() -> None:
    assert bank_holiday_line(HoursFacts()) == "Bank holidays, closed"
    assert bank_holiday_line(HoursFacts(bank_holiday_hours="10:00-14:00")) == "Bank holidays, 10am to 2pm"
    assert bank_holiday_line(HoursFacts(bank_holidays="none")) is None


def coming(today: str, days: int, **facts: Any) -> list[str]:  # noqa: ANN401  # whatever the TOML file may hold
    return coming_lines(Schedule(HoursFacts.model_validate(facts)), date.fromisoformat(today), days=days)


def test_the_coming_days_that_are_not_as_usual() -> None:
    facts = {
        "closure": [
            {"from": "2026-12-10", "hours": "12:00-15:00", "note": "Staff training"},
            {"from": "2026-12-30", "until": "2027-01-02", "note": "Christmas closure"},
        ],
        "special_hours": [{"from": "2026-12-24", "hours": "08:00-13:00"}],
    }

    assert coming("2026-12-01", 60, **facts) == [
        "Thursday 10 December, 8am to midday and 3pm to 8pm (Staff training)",
        "Thursday 24 December, 8am to 1pm",
        "Friday 25 December, closed (Christmas Day)",
        "Saturday 26 December, closed (Boxing Day)",
        "Monday 28 December, closed (substitute day for Boxing Day)",
        "Wednesday 30 December to Saturday 2 January 2027, closed (Christmas closure)",
    ]


def test_the_days_asked_for_are_counted_from_today() -> None:
    assert coming("2026-12-25", 1) == ["Friday 25 December, closed (Christmas Day)"]
    assert coming("2026-12-24", 1) == []
    assert coming("2026-12-24", 2) == ["Friday 25 December, closed (Christmas Day)"]


def test_two_closures_in_a_row_have_a_line_each_and_a_gap_parts_one_reason() -> None:
    closure = [
        {"from": "2026-11-24", "note": "A"},
        {"from": "2026-11-25", "note": "B"},
        {"from": "2026-11-27", "note": "B"},
    ]

    assert coming("2026-11-23", 7, closure=closure) == [
        "Tuesday 24 November, closed (A)",
        "Wednesday 25 November, closed (B)",
        "Friday 27 November, closed (B)",
    ]

"""Times, days and promises as a patient reads them."""

import re
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clinic.hours import HoursFacts, ReplyTarget, Schedule, by, clock_time, day_and_time, day_name, mail_sentence
from clinic.hours import promise as promised
from clinic.hours import sentence as page_sentence
from clinic.hours.prose import weekday_name
from tests.clinic.hours.london import LONDON, at


def said(received: str, target: str = "4 open hours", **facts: Any) -> tuple[str, str]:  # noqa: ANN401
    made = promised(Schedule(HoursFacts.model_validate({"reply": target, **facts})), at(received))
    return page_sentence(made), mail_sentence(made)


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("00:00", "midnight"),
        ("00:01", "12:01am"),
        ("00:30", "12:30am"),
        ("01:00", "1am"),
        ("08:00", "8am"),
        ("10:30", "10:30am"),
        ("11:59", "11:59am"),
        ("12:00", "midday"),
        ("12:05", "12:05pm"),
        ("13:00", "1pm"),
        ("20:00", "8pm"),
        ("23:59", "11:59pm"),
    ],
)
def test_clock_times_are_in_the_style_of_gov_uk(clock: str, words: str) -> None:
    assert clock_time(time.fromisoformat(clock)) == words
    assert clock_time(at(f"2026-07-01 {clock}")) == words


def test_seconds_are_never_rounded_up_into_a_later_promise() -> None:
    assert clock_time(time(11, 59, 59)) == "11:59am"


def test_days_are_said_with_or_without_the_year() -> None:
    assert day_name(date(2026, 11, 23)) == "Monday 23 November"
    assert day_name(date(2027, 1, 4), year=True) == "Monday 4 January 2027"
    assert weekday_name(date(2026, 11, 23)) == "Monday"


def test_days_and_months_have_the_names_of_the_language() -> None:
    monday, said_in_welsh = at("2026-11-23 12:00"), "Dydd Llun 23 Tachwedd"

    assert day_name(monday.date(), locale="cy") == said_in_welsh
    assert weekday_name(monday.date(), locale="cy") == "Dydd Llun"
    assert day_and_time(monday, LONDON, locale="cy") == f"{said_in_welsh} am hanner dydd"
    assert by(monday, at("2026-11-22 12:00"), LONDON, locale="cy") == "erbyn hanner dydd ddydd Llun 23 Tachwedd"
    midnight = at("2026-11-24 00:00")
    assert by(midnight, monday, LONDON, same_day=None, locale="cy") == "cyn hanner nos ddydd Llun 23 Tachwedd"


@pytest.mark.parametrize("received", ["2026-11-21 21:00", "2026-11-23 08:00", "2026-12-31 21:00", "2026-11-23 19:00"])
def test_promises_have_the_names_of_the_language(received: str) -> None:
    schedule = Schedule(HoursFacts(reply=ReplyTarget.parse("14 open hours")))
    made = promised(schedule, at(received), locale="cy")

    for words in (page_sentence(made, locale="cy"), mail_sentence(made, locale="cy")):
        assert not re.search(r"\b(?:on|at|by|to|the|Day|[a-z]+day)\b", words)
        assert " ddydd " in words


def test_an_instant_is_said_in_the_zone_of_the_clinic() -> None:
    instant = datetime(2026, 7, 1, 7, tzinfo=UTC)

    assert day_and_time(instant, LONDON) == "Wednesday 1 July at 8am"
    assert day_and_time(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Paris")) == (
        "Friday 1 January at 12:30am"
    )


def test_the_year_is_said_when_it_is_another_one() -> None:
    instant = datetime(2027, 1, 4, 8, tzinfo=UTC)

    assert day_and_time(instant, LONDON, seen_from=datetime(2026, 12, 31, 12, tzinfo=UTC)).endswith("2027 at 8am")
    assert day_and_time(instant, LONDON, seen_from=datetime(2027, 1, 1, tzinfo=UTC)) == "Monday 4 January at 8am"


def test_by_names_the_day_unless_it_is_the_same_one() -> None:
    morning, midday = at("2026-11-23 08:00"), at("2026-11-23 12:00")

    assert by(midday, morning, LONDON) == "by midday that day"
    assert by(midday, morning, LONDON, same_day="today") == "by midday today"
    assert by(midday, morning, LONDON, same_day=None) == "by midday on Monday 23 November"
    assert by(midday, at("2026-11-22 23:59"), LONDON) == "by midday on Monday 23 November"
    assert by(midday, at("2025-11-22 23:59"), LONDON) == "by midday on Monday 23 November 2026"


def test_a_deadline_at_midnight_belongs_to_the_day_that_ends() -> None:
    midnight = at("2026-11-24 00:00")

    assert by(midnight, at("2026-11-23 10:00"), LONDON) == "by midnight at the end of that day"
    assert by(midnight, at("2026-11-23 10:00"), LONDON, same_day="today") == "by midnight at the end of today"
    assert by(midnight, at("2026-11-22 10:00"), LONDON) == "by midnight at the end of Monday 23 November"
    assert by(at("2027-01-01 00:00"), at("2026-12-30 10:00"), LONDON) == (
        "by midnight at the end of Thursday 31 December"
    )
    for seen_from in (None, at("2026-12-30 10:00")):
        assert by(at("2027-01-02 00:00"), at("2026-12-30 10:00"), LONDON, seen_from=seen_from) == (
            "by midnight at the end of Friday 1 January 2027"
        )
    assert by(at("2027-01-02 00:00"), at("2026-12-30 10:00"), LONDON, seen_from=at("2027-05-01 10:00")) == (
        "by midnight at the end of Friday 1 January"
    )


@pytest.mark.parametrize(
    ("received", "page", "mail"),
    [
        (
            "2026-11-23 10:00",
            "We're open now. We will contact you by 2pm today.",
            "You wrote to us while we were open. We will contact you by 2pm on Monday 23 November.",
        ),
        (
            "2026-11-23 19:00",
            "We're open now. We will contact you by 11am on Tuesday 24 November.",
            "You wrote to us while we were open. We will contact you by 11am on Tuesday 24 November.",
        ),
        (
            "2026-11-21 20:30",
            "We're closed now and open again on Monday 23 November at 8am. We will contact you by midday that day.",
            (
                "You wrote to us while we were closed. We open again on Monday 23 November at 8am. "
                "We will contact you by midday that day."
            ),
        ),
        (
            "2026-12-25 12:00",
            (
                "We're closed now (Christmas Day) and open again on Tuesday 29 December at 8am. "
                "We will contact you by midday that day."
            ),
            (
                "You wrote to us while we were closed (Christmas Day). We open again on Tuesday 29 December at 8am. "
                "We will contact you by midday that day."
            ),
        ),
    ],
)
def test_the_clinic_of_the_brief_says(received: str, page: str, mail: str) -> None:
    assert said(received) == (page, mail)


def test_the_year_is_said_over_new_year_in_both_places() -> None:
    page, mail = said("2026-12-31 21:00", "14 open hours")

    for words in (page, mail):
        assert "open again on Saturday 2 January 2027 at 8am" in words
        assert "by 10am on Monday 4 January 2027." in words


def test_a_closure_is_named_by_its_note() -> None:
    closure = [{"from": "2026-12-24", "until": "2027-01-02", "note": "Christmas closure"}]

    page, mail = said("2026-12-23 21:00", closure=closure)

    assert page.startswith("We're closed now (Christmas closure) and open again on Monday 4 January 2027 at 8am.")
    assert mail.startswith("You wrote to us while we were closed (Christmas closure). We open again on Monday 4")


def test_a_note_is_not_taken_for_a_form() -> None:
    page, _mail = said("2026-11-24 12:00", closure=[{"from": "2026-11-24", "note": "{due} {0} %s"}])

    assert "closed now ({due} {0} %s) and" in page


@pytest.mark.parametrize(
    "received", [f"2026-12-{day:02} {hour:02}:15" for day in range(18, 32) for hour in (3, 9, 19, 22)]
)
def test_a_mail_is_read_later_and_says_neither_now_nor_today(received: str) -> None:
    for target in ("4 open hours", "1 working day"):
        _page, mail = said(received, target)

        assert not re.search(r"\b(now|today|tomorrow|tonight)\b", mail)
        assert re.search(r"day \d{1,2} [A-Z]", mail)

"""Closures and special hours: what is refused, and which of two has the last word."""

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from clinic.hours import Closure, HoursFacts, Schedule, SpecialHours


def facts_of(**facts: Any) -> HoursFacts:  # noqa: ANN401  # whatever the TOML file may hold
    return HoursFacts.model_validate(facts)


def hours_on(day: str, **facts: Any) -> str:  # noqa: ANN401  # whatever the TOML file may hold
    return ",".join(map(str, Schedule(facts_of(**facts)).day(date.fromisoformat(day)).hours)) or "closed"


def refused(**facts: Any) -> str:  # noqa: ANN401  # whatever the TOML file may hold
    with pytest.raises(ValidationError) as error:
        facts_of(**facts)
    return str(error.value)


def test_a_closure_is_one_day_or_all_days_to_its_last() -> None:
    closure = [{"from": date(2026, 12, 22)}, {"from": "2027-02-01", "until": "2027-02-03"}]

    closed = [day for day in range(21, 24) if hours_on(f"2026-12-{day}", closure=closure) == "closed"]
    assert closed == [22]
    assert [hours_on(f"2027-02-0{day}", closure=closure) for day in range(1, 5)] == ["closed"] * 3 + ["08:00-20:00"]
    assert hours_on("2027-01-30", closure=closure) == "08:00-20:00"


def test_part_of_a_day_can_be_closed_in_the_middle_and_at_the_edges() -> None:
    def left(hours: str) -> str:
        return hours_on("2026-11-24", closure=[{"from": "2026-11-24", "hours": hours}])

    assert left("12:00-15:00") == "08:00-12:00,15:00-20:00"
    assert left("07:00-09:00") == "09:00-20:00"
    assert left("19:00-21:00") == "08:00-19:00"
    assert left("08:00-20:00") == "closed"
    assert left("09:00-10:00,12:00-13:00") == "08:00-09:00,10:00-12:00,13:00-20:00"


def test_special_hours_replace_the_hours_of_their_days_even_of_a_closed_day() -> None:
    sunday = [{"from": "2026-11-29", "hours": "10:00-14:00"}]

    assert hours_on("2026-11-29", special_hours=sunday) == "10:00-14:00"
    assert hours_on("2026-11-30", special_hours=sunday) == "08:00-20:00"


def test_special_hours_with_weekdays_close_the_days_they_leave_out() -> None:
    summer = [{"from": "2026-07-20", "until": "2026-08-30", "hours": "Mo-Fr 09:00-17:00"}]

    assert hours_on("2026-07-20", special_hours=summer) == "09:00-17:00"
    assert hours_on("2026-07-25", special_hours=summer) == "closed"
    assert hours_on("2026-07-18", special_hours=summer) == "08:00-20:00"


def test_special_hours_may_be_all_day() -> None:
    assert hours_on("2026-07-20", special_hours=[{"from": "2026-07-20", "hours": "24/7"}]) == "00:00-24:00"


def test_exceptions_win_over_bank_holidays() -> None:
    assert hours_on("2026-12-25") == "closed"
    assert hours_on("2026-12-25", special_hours=[{"from": "2026-12-25", "hours": "10:00-12:00"}]) == "10:00-12:00"
    assert hours_on("2026-12-25", bank_holiday_hours="10:00-14:00") == "10:00-14:00"
    assert hours_on("2026-12-25", bank_holiday_hours="10:00-14:00", closure=[{"from": "2026-12-25"}]) == "closed"


def test_bank_holiday_hours_do_not_open_a_day_that_is_closed_in_any_week() -> None:
    assert hours_on("2027-12-26", bank_holiday_hours="10:00-14:00") == "closed"  # a Sunday
    assert hours_on("2027-12-27", bank_holiday_hours="10:00-11:00,12:00-14:00") == "10:00-11:00,12:00-14:00"


def test_the_shorter_of_two_that_cover_a_day_has_the_last_word() -> None:
    facts = {
        "closure": [{"from": "2026-12-24", "until": "2027-01-02"}, {"from": "2026-12-30"}],
        "special_hours": [{"from": "2026-12-29", "until": "2026-12-30", "hours": "10:00-12:00"}],
    }

    assert [hours_on(f"2026-12-{day}", **facts) for day in (24, 28, 29, 30, 31)] == [
        "closed",
        "closed",
        "10:00-12:00",
        "closed",
        "closed",
    ]


def test_an_entry_may_begin_or_end_with_the_longer_one_around_it() -> None:
    long = {"from": "2026-12-21", "until": "2026-12-24"}
    start, end = {"from": "2026-12-21", "until": "2026-12-22"}, {"from": "2026-12-23", "until": "2026-12-24"}

    for short in (start, end):
        hours = hours_on(short["until"], closure=[long], special_hours=[{**short, "hours": "10:00-12:00"}])
        assert hours == "10:00-12:00"


def test_part_of_a_day_is_closed_whatever_else_is_said_of_it() -> None:
    facts = {
        "closure": [{"from": "2026-11-24", "hours": "12:00-13:00"}],
        "special_hours": [{"from": "2026-11-24", "hours": "10:00-14:00"}],
    }

    assert hours_on("2026-11-24", **facts) == "10:00-12:00,13:00-14:00"


def test_a_closure_that_ends_before_it_begins_is_refused() -> None:
    message = refused(closure=[{"from": "2027-01-02", "until": "2026-12-24"}])

    assert "closure.0" in message
    assert "it ends before it begins: write from = 2026-12-24, until = 2027-01-02" in message


def test_a_date_that_does_not_exist_is_refused() -> None:
    assert "closure.0.from" in refused(closure=[{"from": "2026-02-30"}])


def test_a_closure_of_more_than_400_days_is_refused_as_a_mistyped_year() -> None:
    assert "check the years" in refused(closure=[{"from": "2026-01-01", "until": "2027-02-05"}])
    assert facts_of(closure=[{"from": "2026-01-01", "until": "2027-02-04"}]).closure[0].days == 400


@pytest.mark.parametrize("note", ["", "two\nlines", "x" * 81, "a\tb", " "])
def test_a_note_is_one_short_line(note: str) -> None:
    assert "closure.0.note" in refused(closure=[{"from": "2026-12-24", "note": note}])


def test_a_note_may_hold_quotation_marks_and_semicolons() -> None:
    note = 'Closed "for good"; see you off 08:00-20:00'
    facts = facts_of(closure=[{"from": "2026-11-24", "note": note}])

    assert Schedule(facts).day(date(2026, 11, 24)).note == note


def test_an_unknown_key_is_refused() -> None:
    assert "closure.0.to" in refused(closure=[{"from": "2026-12-24", "to": "2026-12-26"}])


def test_the_same_days_twice_are_refused() -> None:
    message = refused(
        closure=[{"from": "2026-12-24", "note": "Christmas"}],
        special_hours=[{"from": "2026-12-24", "hours": "10:00-12:00"}],
    )

    assert "[[closure]] 2026-12-24 (Christmas) and [[special_hours]] 2026-12-24 are the same days: keep one" in message


def test_two_that_overlap_in_part_are_refused() -> None:
    message = refused(
        closure=[{"from": "2026-12-24", "until": "2026-12-28"}, {"from": "2026-12-28", "until": "2026-12-30"}]
    )

    assert "overlap: end one before the other begins" in message
    facts_of(closure=[{"from": "2026-12-24", "until": "2026-12-28"}, {"from": "2026-12-29", "until": "2026-12-30"}])


def test_part_of_a_day_closed_twice_is_refused() -> None:
    one, two = {"from": "2026-11-24", "hours": "12:00-15:00"}, {"from": "2026-11-24", "hours": "14:59-16:00"}

    assert "twice for the same hours" in refused(closure=[one, two])
    facts_of(closure=[one, {"from": "2026-11-24", "hours": "15:00-16:00"}])
    facts_of(closure=[one, {"from": "2026-11-25", "hours": "12:00-15:00"}])


def test_special_hours_on_days_that_never_come_are_refused() -> None:
    message = refused(special_hours=[{"from": "2026-12-21", "until": "2026-12-22", "hours": "Sa 10:00-12:00"}])

    assert "so it never applies" in message


def test_special_hours_over_a_closed_weekday_must_say_which_days_they_mean() -> None:
    days = {"from": "2026-12-21", "until": "2026-12-31"}

    message = refused(special_hours=[{**days, "hours": "10:00-12:00"}])

    assert "would open on Sun 2026-12-27, a day you are closed" in message
    assert '"Mo,Tu,We,Th,Fr,Sa 10:00-12:00", or "Mo-Su 10:00-12:00"' in message
    facts_of(special_hours=[{**days, "hours": "Mo-Sa 10:00-12:00"}])
    facts_of(special_hours=[{"from": "2026-12-21", "until": "2026-12-26", "hours": "10:00-12:00"}])


@pytest.mark.parametrize("hours", ["off", " closed "])
def test_special_hours_without_hours_are_a_closure(hours: str) -> None:
    assert "days without hours are a [[closure]]" in refused(special_hours=[{"from": "2026-12-21", "hours": hours}])


@pytest.mark.parametrize("hours", ["8am-8pm", "Mo-Fr 8-20", "20:00-02:00", ""])
def test_hours_of_an_exception_are_linted_as_well(hours: str) -> None:
    assert "special_hours.0.hours" in refused(special_hours=[{"from": "2026-12-21", "hours": hours}])
    assert "closure.0.hours" in refused(closure=[{"from": "2026-12-21", "hours": hours}])


def test_all_faults_of_the_exceptions_are_reported_together() -> None:
    message = refused(
        closure=[{"from": "2026-12-24"}, {"from": "2026-12-24"}, {"from": "2026-12-25"}, {"from": "2026-12-25"}]
    )

    assert message.count("keep one") == 2


def test_entries_are_read_by_the_name_of_the_file_and_of_the_code() -> None:
    by_file = Closure.model_validate({"from": "2026-12-24"})

    assert Closure.model_validate(by_file.model_dump()) == by_file
    assert Closure.model_validate_json(by_file.model_dump_json(by_alias=True)) == by_file
    assert (
        SpecialHours.model_validate({"first": "2026-12-24", "hours": "10:00-12:00"}).named
        == "[[special_hours]] 2026-12-24"
    )
    long = Closure.model_validate({"from": "2026-12-24", "until": "2026-12-26", "note": "Christmas"})
    assert long.named == "[[closure]] 2026-12-24 to 2026-12-26 (Christmas)"

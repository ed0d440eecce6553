"""Hours an owner may write, and hours that are refused with a caret and the fix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from clinic.hours import HoursFacts
from clinic.hours.errors import Fault
from clinic.hours.grammar import times_fault, times_of, week_fault
from clinic.hours.guess import guessed_times, guessed_week
from clinic.hours.week import week_of

MEANT = '"Mo-Sa 08:00-20:00"'
EXAMPLE = '"Mo-Sa 08:00-20:00", for example'


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("Mo-Sa 08:00-20:00", "Mo-Sa 08:00-20:00"),
        ("Mo-Fr 08:00-12:30,13:30-20:00; Sa 09:00-12:00", "Mo-Fr 08:00-12:30,13:30-20:00; Sa 09:00-12:00"),
        ("Mo-Su 08:00-20:00; We off", "Mo-Tu 08:00-20:00; Th-Su 08:00-20:00"),
        ("Mo-Su 08:00-20:00; We closed;Su off", "Mo-Tu 08:00-20:00; Th-Sa 08:00-20:00"),
        ("Sa-Mo 10:00-14:00", "Mo 10:00-14:00; Sa-Su 10:00-14:00"),
        ("Mo,We,Fr-Sa 10:00-14:00", "Mo 10:00-14:00; We 10:00-14:00; Fr-Sa 10:00-14:00"),
        ("Mo-Fr 13:00-18:00,08:00-12:00", "Mo-Fr 08:00-12:00,13:00-18:00"),
        ("Mo-Fr 08:00-12:00,12:00-18:00", "Mo-Fr 08:00-18:00"),
        ("Tu 00:00-24:00", "Tu 00:00-24:00"),
        ("24/7", "Mo-Su 00:00-24:00"),
        (" Mo 08:00-09:00 ", "Mo 08:00-09:00"),
        ("Sa-Mo 10:15-14:45; Tu 09:05-10:50", "Mo 10:15-14:45; Tu 09:05-10:50; Sa-Su 10:15-14:45"),
    ],
)
def test_hours_mean_what_they_say(text: str, means: str) -> None:
    assert week_fault(text) is None
    assert str(week_of(text)) == means
    assert HoursFacts(opening_hours=text).week == week_of(means)


@pytest.mark.parametrize(
    ("text", "under", "problem", "fix"),
    [
        ("Mo-Sa 08:00-25:00", "25:00", "25:00 is not a time", '"Mo-Sa 08:00-24:00"'),
        ("Mo 08:00-25:00; Tu off", "25:00", "25:00 is not a time", '"Mo 08:00-24:00; Tu off"'),
        ("Mo-Sa 24:30-25:00", "24:30", "24:30 is not a time", None),
        ("Mo-Sa 08:60-20:00", "08:60", "08:60 is not a time", None),
        ("Mo-Sa 08:00-24:01", "24:01", "24:01 is not a time", '"Mo-Sa 08:00-24:00"'),
        ("Mo-Sa 08:00-20:60", "20:60", "20:60 is not a time", '"Mo-Sa 08:00-24:00"'),
        (
            "Fr 20:00-02:15",
            "20:00-02:15",
            "run past midnight",
            '"20:00-24:00" on this day and "00:00-02:15" on the next',
        ),
        ("Fr 20:30-00:00", "20:30-00:00", "run past midnight", '"20:30-24:00"'),
        ("Mo-Sa 08:00-08:00", "08:00-08:00", "are empty", '"off" for a closed day, "00:00-24:00" for all of it'),
        ("Mo-Sa 08:10-12:50,12:49-20:00", "12:49-20:00", "overlap 08:10-12:50", '"08:10-20:00" for both'),
        (
            "Mo-Fr 08:00-12:00; Mo-Fr 14:00-18:00",
            "Mo-Fr",
            "only the last one counts",
            'one rule for Mo; for a split day "Mo-Fr 08:00-12:00,14:00-18:00"',
        ),
        (
            "Mo-Fr 08:00-12:00; Sa,We 14:00-18:00",
            "We",
            "We has hours already",
            'one rule for We; for a split day "We 08:00-12:00,14:00-18:00"',
        ),
        ("Su off; Mo-Su 08:00-18:00", "Mo-Su", "Su has hours already", "one rule for Su"),
        ("Mo 08:00-18:00; Su off; Su closed", "Su", "Su has hours already", "one rule for Su"),
        ("Mo 08:00-18:00; Su closed; Su 09:00-10:00", "Su", "Su has hours already", "one rule for Su"),
        ("Sa-Mo 10:00-14:00; Mo closed; Mo off", "Mo", "Mo has hours already", "one rule for Mo"),
        (
            "Sa-Mo 10:00-14:00; Mo 15:00-16:00",
            "Mo",
            "Mo has hours already",
            'one rule for Mo; for a split day "Mo 10:00-14:00,15:00-16:00"',
        ),
        ("Mo-Mo 08:00-18:00", "Mo-Mo", "two different days", '"Mo"'),
        ("Mo-Su off", "Mo-Su off", "never open", EXAMPLE),
        ("off", "off", "which days?", '"Su off", for example'),
        ("closed", "closed", "which days?", '"Su closed", for example'),
        ("", "", "nothing is written", EXAMPLE),
        ("Mo-Sa 08:00-20:00;", ";", 'nothing after ";"', MEANT),
        ("Mo-Sa", "Mo-Sa", "which hours?", '"Mo-Sa 08:00-20:00" or "Mo-Sa off"'),
        ("08:00-20:00", "08:00-20:00", "which days?", '"Mo-Su 08:00-20:00"'),
        ("Mo-Sa 08:00-20:00; PH off", "PH", "bank_holidays and bank_holiday_hours", MEANT),
        ("PH off; Mo-Sa 08:00-20:00;", "PH", "bank_holidays and bank_holiday_hours", MEANT),
        ("SH off", "SH", "school holidays", EXAMPLE),
        ("Mo-Sa sunrise-sunset", "sunrise", "hours by the sun", EXAMPLE),
        ("easter off", "easter", "Easter is a bank holiday", EXAMPLE),
        ("2026 Feb 30 off", "2026 ", "dates go in [[closure]]", EXAMPLE),
        ("Jul-Aug Mo-Sa 08:00-20:00", "Jul", "dates go in [[closure]]", EXAMPLE),
        ("week 1-26 Mo 08:00-20:00", "week", "the same every week", EXAMPLE),
        ("Mo[1] 08:00-20:00", "[", "the same every week", EXAMPLE),
        ("Mo-Sa 08:00\u201320:00", "\u2013", "a long dash is not a hyphen", MEANT),
        ("Mo\u2014Sa 08:00-20:00", "\u2014", "a long dash is not a hyphen", MEANT),
        ("8AM-8PM", "8AM", "24-hour clock", '"Mo-Su 08:00-20:00"'),
        ("Mon-Sat 8am-8pm", "8am", "24-hour clock", MEANT),
        ("Mo-Sa 8am to midnight", "8am", "24-hour clock", '"Mo-Sa 08:00-24:00"'),
        ("Mo-Sa 12am-12pm", "12am", "24-hour clock", '"Mo-Sa 00:00-12:00"'),
        ("Monday-Saturday 08:00-20:00", "Monday", "days are written Mo", MEANT),
        ("Tuesdays, 09:00-12:00", "Tuesdays", "days are written Mo", '"Tu 09:00-12:00"'),
        ("mo-sa 08:00-20:00", "mo", "days are written Mo", MEANT),
        ("MO-SA 08:00-20:00", "MO", "days are written Mo", MEANT),
        ("Mo-Sa 8:00-20:00", "8:00", "two digits for the hour", MEANT),
        ("Mo-Fr 9-17", "9", "hours and minutes", '"Mo-Fr 09:00-17:00"'),
        ("Mo-Sa 08:00+", "+", "hours need an end", EXAMPLE),
        ('Mo-Sa 08:00-20:00 "by appointment"', '"by appointment"', "notes for patients", EXAMPLE),
        ("Mo-Sa 08:00-20:00 || off", "||", "fallback", EXAMPLE),
        ("Mo-Fr 08:00-18:00, Sa 09:00-12:00", "0, S", 'joined by ";"', '"Mo-Fr 08:00-18:00; Sa 09:00-12:00"'),
        ("Mo-Sa  08:00-20:00", "  ", "one space", MEANT),
        ("Mo-Sa\t08:00-20:00", "\t", "one space", MEANT),
        ("Mo - Sa 08:00-20:00", " -", "a space too many", MEANT),
        ("Mo-Sa 0800-2000", "Mo-Sa 0800-2000", "cannot be read", MEANT),
        ("whenever!", "whenever!", "cannot be read", EXAMPLE),
        ("Mo-Xx 08:00-20:00", "Mo-Xx 08:00-20:00", "cannot be read", EXAMPLE),
    ],
)
def test_hours_that_cannot_be_trusted_are_refused_with_a_caret_and_the_fix(
    text: str, under: str, problem: str, fix: str | None
) -> None:
    fault = week_fault(text)

    assert fault is not None
    assert problem in fault.problem
    assert text[fault.start : fault.end] == under
    assert fault.fix == fix
    lines = str(fault).split("\n")
    assert lines[2].strip("^ ") == ""
    assert lines[2].index("^") == 2 + fault.start
    assert lines[2].count("^") == max(1, len(under))
    with pytest.raises(ValidationError, match="opening_hours"):
        HoursFacts(opening_hours=text)


def test_what_the_engine_cannot_read_gets_past_no_lint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic.hours.grammar.can_read", lambda text: text != "Mo 08:00-20:00")

    assert week_fault("Tu 08:00-20:00") is None
    assert week_fault("Mo 08:00-20:00") == Fault("Mo 08:00-20:00", 0, 14, "these hours cannot be read")


def test_a_caret_stands_under_its_place_after_letters_that_take_no_space() -> None:
    assert str(week_fault("Mo\n08:00-20:00")).split("\n")[1:3] == ["  Mo 08:00-20:00", "    ^"]


def test_a_fault_is_shown_so() -> None:
    assert str(week_fault("Mon-Sat 8am-8pm")).split("\n") == [
        "times are written by the 24-hour clock",
        "  Mon-Sat 8am-8pm",
        "          ^^^",
        '  write "Mo-Sa 08:00-20:00"',
    ]


def test_the_first_fault_of_the_text_is_shown_in_the_rule_it_is_in() -> None:
    fault = week_fault("Mo-Fr 08:00-18:00;  Sa 09:00-09:00")

    assert fault is not None
    assert (fault.start, fault.end) == (23, 34)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("10:00", "cannot be read"),
        ("", "nothing is written"),
        ("10:00-09:00", "past midnight"),
        ("10am-2pm", "24-hour clock"),
        ("10:00-14:00,13:00-15:00", "overlap"),
        ("Mo 10:00-14:00", "cannot be read"),
        ("closed", "cannot be read"),
    ],
)
def test_the_hours_of_a_day_are_checked_as_well(text: str, problem: str) -> None:
    fault = times_fault(text)

    assert fault is not None
    assert problem in fault.problem
    if text != "closed":
        with pytest.raises(ValidationError, match='  or "closed"'):
            HoursFacts(bank_holiday_hours=text)


def test_the_hours_of_a_day_come_in_their_order() -> None:
    assert [str(hours) for hours in times_of(" 13:05-18:55,08:10-12:50 ")] == ["08:10-12:50", "13:05-18:55"]


@pytest.mark.parametrize(
    ("spoken", "meant"),
    [
        ("Monday to Friday 9am to midday and 1.30pm to 5pm", "Mo-Fr 09:00-12:00,13:30-17:00"),
        ("Mon-Fri 8am-8pm, Sat 9am-1pm", "Mo-Fr 08:00-20:00; Sa 09:00-13:00"),
        ("Mo,Tu, We 08:00-20:00", "Mo,Tu,We 08:00-20:00"),
        ("Thursday & Friday 08.15-20.45", "Th,Fr 08:15-20:45"),
        ("Mo-Sa 08:00-20:00", None),
    ],
)
def test_what_was_meant_is_guessed(spoken: str, meant: str | None) -> None:
    assert guessed_week(spoken) == meant
    assert meant is None or week_fault(meant) is None


def test_the_hours_of_a_day_are_guessed_without_weekdays() -> None:
    assert guessed_times("9am to 1pm; ") == "09:00-13:00"
    assert guessed_times("09:00-13:00") is None
    guessed, example = times_fault("9am to 1pm"), times_fault("9am to 1am")
    assert guessed is not None
    assert example is not None
    assert (guessed.fix, example.fix) == ('"09:00-13:00"', '"10:00-14:00", for example')


@given(st.text(alphabet="MoTuWeThFrSaSu0123456789:-,; ofPH/ap\u2013[]\"'\n\t+|", max_size=60))
def test_no_text_breaks_the_lint_and_what_passes_opens(text: str) -> None:
    fault = week_fault(text)

    if fault is None:
        assert week_of(text).open_minutes > 0
    else:
        assert 0 <= fault.start <= fault.end <= max(1, len(text))
        assert str(fault)
    times_fault(text)

"""What may be typed: kept in one form, as long as a reader counts it, and nothing in it that can't be seen."""

import sys
import time
from unicodedata import is_normalized, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.text import (
    MARKS_AT_MOST,
    FieldFault,
    Unacceptable,
    length,
    many_lines,
    single_line,
    visible,
    without_paste_marks,
)

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"
CONTROLS = [chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]
INVISIBLE = "\u00ad\u200b\u200e\u202a\u202e\u2060\u2066\ufeff"


def fault_of(rule: object, *arguments: object) -> FieldFault | None:
    try:
        rule(*arguments)  # type: ignore[operator]
    except Unacceptable as error:
        return error.fault
    return None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Jo", "Jo"),
        ("  Jo \u00a0 Bloggs\u3000", "Jo Bloggs"),
        ("Zoe\u0308", "Zo\u00eb"),
        ("O'Brien-Ní Dhomhnaill", "O'Brien-Ní Dhomhnaill"),
        ("李小龙", "李小龙"),
        ("می‌خواهم", "می‌خواهم"),
        (FAMILY, FAMILY),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\ufe0f\u200d\U0001f525"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",) * 2,
        ("\ufdfa", "\ufdfa"),
        ("", ""),
    ],
)
def test_a_line_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert single_line(typed, 100) == kept


@pytest.mark.parametrize(
    "control", [*CONTROLS, "\u2028", "\u2029", "\ud800", "\ufdd0", "\uffff", *INVISIBLE], ids=ascii
)
def test_a_line_refuses_what_can_not_be_seen(control: str) -> None:
    for typed in (f"a{control}b", f"{control}a", f"a{control}", f"é{control}é"):
        assert fault_of(single_line, typed, 100) is FieldFault.CHARACTERS


def test_a_joiner_needs_something_to_join() -> None:
    for typed in ("a\u200db", "\u200dé", " \u200d", "é\u200d\u200dé"):
        assert fault_of(single_line, typed, 100) is FieldFault.CHARACTERS


@pytest.mark.parametrize("control", [control for control in CONTROLS if control not in "\t\n\r"], ids=ascii)
def test_a_message_refuses_controls(control: str) -> None:
    assert fault_of(many_lines, f"a{control}b", 100) is FieldFault.CHARACTERS


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\r\nb\rc\nd\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("\n a\tb \n", "a\tb"),
        ("a\u202eb\u2066c\u200bd", "abcd"),
        ("é\u00ad\u200fא", "é\u200fא"),
        (f"hello {FAMILY}", f"hello {FAMILY}"),
    ],
)
def test_a_message_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert many_lines(typed, 100) == kept


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("abc", 3),
        (FAMILY, 1),
        (FAMILY * 100, 100),
        ("e\u0301", 1),
        ("\U0001f1ec\U0001f1e7\U0001f1eb\U0001f1f7", 2),
        ("\U0001f44d\U0001f3fd", 1),
        ("\ufdfa" * 100, 100),
        ("क्षि", 2),
    ],
)
def test_length_is_what_a_reader_counts(text: str, count: int) -> None:
    assert length(text) == count


def test_the_limit_counts_characters() -> None:
    assert single_line("a" * 100, 100) == "a" * 100
    assert single_line(FAMILY * 100, 100) == FAMILY * 100
    for typed in ("a" * 101, "é" * 101, FAMILY * 101, "é" + "\u200d" * 2000):
        assert fault_of(single_line, typed, 100) in (FieldFault.TOO_LONG, FieldFault.CHARACTERS)
    assert fault_of(many_lines, "a" * 5001, 5000) is FieldFault.TOO_LONG


def test_marks_may_be_stacked_only_so_high() -> None:
    assert single_line("x" + "\u0316" * MARKS_AT_MOST, 100)
    assert fault_of(single_line, "x" + "\u0316" * (MARKS_AT_MOST + 1), 100) is FieldFault.CHARACTERS


@pytest.mark.parametrize(
    "flood",
    ["a" + "\u0300" * 32_000, "\u0300\u0316" * 16_000, "é\u0316" * 16_000, "\U0001d160" * 8_000, "\u200d" * 10_000],
)
def test_a_flood_is_through_in_no_time(flood: str) -> None:
    started = time.process_time()
    for rule, limit in ((single_line, 100), (many_lines, 5000)):
        fault_of(rule, flood, limit)
    assert time.process_time() - started < 0.2  # seconds of processor; unguarded it was 5.8


@pytest.mark.parametrize("blank", ["", " ", "\u3164", "\u115f\u1160", "\u2800", "\ufe0f", "\u0301", "\u200e"])
def test_a_name_needs_something_to_see(blank: str) -> None:
    assert fault_of(visible, blank) is FieldFault.REQUIRED


@pytest.mark.parametrize("seen", ["X", ".", "李", "\U0001f600", "\U0001fae8", "\U0001fadf", "\ue000"])
def test_anything_that_shows_is_visible(seen: str) -> None:
    assert visible(seen) == seen


def test_paste_marks_are_taken_off_and_overrides_are_not() -> None:
    assert without_paste_marks("\u202a07700\u200b 900123\u202c\ufeff") == "07700 900123"
    assert without_paste_marks("a\u202eb") == "a\u202eb"


@given(st.text())
def test_what_a_line_accepts_it_leaves_as_it_is(typed: str) -> None:
    try:
        kept = single_line(typed, 100)
    except Unacceptable:
        return
    assert single_line(kept, 100) == kept
    assert is_normalized("NFC", kept)
    assert not set(kept) & {*CONTROLS, "\u2028", "\u2029", *INVISIBLE}
    assert length(kept) <= 100


@given(st.text())
def test_what_a_message_accepts_it_leaves_as_it_is(typed: str) -> None:
    try:
        kept = many_lines(typed, 5000)
    except Unacceptable:
        return
    assert many_lines(kept, 5000) == kept
    assert is_normalized("NFC", kept)
    assert not set(kept) & ({*CONTROLS, *"\u202a\u202b\u202d\u202e\u2066\u2067\u2068"} - {"\n", "\t"})
    kept.encode()


@given(st.text(st.characters(max_codepoint=sys.maxunicode, categories=["L", "N", "P", "Zs"]), min_size=1, max_size=80))
def test_letters_of_any_script_are_accepted(typed: str) -> None:
    assert single_line(typed, 100) == " ".join(normalize("NFC", typed).split())

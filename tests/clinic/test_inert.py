"""Visitor text made inert: readable, and nothing in it to click, hide or turn round."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinic.inert import inert, inert_line

LINKS_MADE_BY_MAIL_PROGRAMS = re.compile(
    r"://|(?i:\bwww\.\w)|[a-z0-9-]\.[a-z]|\b\d+\.\d+\.\d+\.\d+\b|\\\\|(?i:\b(?:mailto|tel|sms|javascript|data|file):[\w/+])",
)
WORDS = ["http", "https", "HTTPS", "evil", "test", "www", "1", "192.0.2.7", "xn--", "é", "李"]
SCHEMES = ["mailto:", "tel:", "javascript:"]
MARKS = [":", "//", "/", "\\", ".", "@", "-", "_", "[", "]", "(", ")", " ", "\n", "\t", "\u3002", "\uff0e"]
UNSEEN = ["\u200b", "\u202e", "\u2066", "\u00ad", "\u2028", "\x00"]
TYPED = st.lists(st.sampled_from([*WORDS, *SCHEMES, *MARKS, *UNSEEN]), max_size=30).map("".join) | st.text()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("https://evil.test/a.b?c=d#e", "hxxps[:]//evil[.]test/a[.]b?c=d#e"),
        ("HTTP://EVIL.TEST", "hxxP[:]//EVIL[.]TEST"),
        ("www.evil.test", "www[.]evil[.]test"),
        ("bit.ly/x and t.me/x", "bit[.]ly/x and t[.]me/x"),
        ("192.0.2.7", "192[.]0[.]2[.]7"),
        ("evil\u200b.te\u00adst", "evil[.]test"),
        ("evil\u3002test and evil\uff0etest", "evil[.]test and evil[.]test"),
        ("你好。我的背疼。", "你好。我的背疼。"),
        ("\u202etxt.exe\u202c \u2066a\u2069", "txt[.]exe a"),
        ("tel:0909123 mailto:a@b.test", "tel[:]0909123 mailto[:]a@b[.]test"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("\\\\evil\\share", "[\\]\\evil\\share"),
        ("3.5 weeks, 1.30pm, since 23.11.2026, 2.5kg", "3.5 weeks, 1.30pm, since 23.11.2026, 2.5kg"),
        ("It hurts. A lot... at 10:30; note: left side.", "It hurts. A lot... at 10:30; note: left side."),
        ("thanks:)", "thanks:)"),
        ("one\r\ntwo\u2028three\x0bfour\x85five", "one\ntwo\nthree\nfour\nfive"),
        ("a\x00b\x07c\x1b[31md", "abc[31md"),
        ("a\tb", "a b"),
        ("O'Brien-Ní Dhomhnaill <b>&amp;", "O'Brien-Ní Dhomhnaill <b>&amp;"),
        ("مرحبا", "مرحبا"),
        ("  \n ", ""),
    ],
)
def test_what_could_be_a_link_is_broken_and_all_else_is_left(typed: str, shown: str) -> None:
    assert inert(typed) == shown


@settings(deadline=None)
@given(TYPED)
@example("a://b")
@example("evil1.2test.com")
@example("1.2.3.4.5")
def test_nothing_is_left_that_a_mail_program_makes_a_link_of(typed: str) -> None:
    assert LINKS_MADE_BY_MAIL_PROGRAMS.search(inert(typed)) is None


@settings(deadline=None)
@given(TYPED)
def test_nothing_invisible_is_left(typed: str) -> None:
    shown = inert(typed)
    assert not [
        char for char in shown if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} - {"\n"} and char != "\n"
    ]
    assert len(inert_line(typed).splitlines()) <= 1


@settings(deadline=None)
@given(TYPED)
def test_what_is_inert_stays_as_it_is(typed: str) -> None:
    assert inert(inert(typed)) == inert(typed)

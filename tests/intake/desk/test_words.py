"""Words at the desk: no cause in the language of machines is shown to a receptionist."""

import re

import pytest

from clinic.settings import ROOT
from intake.desk.words import day, length_of_time, why

KNOWN = {
    "quarantine-too-fast": "it was sent faster than people write",
    "dot-silence": "the connection broke at the end",
    "breaker": "too many enquiries came in at once",
    "nobody-left": "nobody is left to tell you of",
    "mail-554": "the mail server refused it",
    "seal-broken": "the record can't be opened",
    "quarantine-of-a-later-version": "it looks like spam",
    "of-a-later-version": "please tell whoever looks after this service",
    "-": "",
}


@pytest.mark.parametrize(("cause", "words"), KNOWN.items())
def test_a_cause_is_told_in_plain_words(cause: str, words: str) -> None:
    assert why(cause) == words


def test_each_reason_of_the_door_has_words_of_its_own() -> None:
    door, tokens, proofs = (
        (ROOT / "intake" / f"{name}.py").read_text(encoding="utf-8") for name in ("door", "tokens", "proofs")
    )
    aside = {"trap", *re.findall(r'quarantines="([a-z-]+)"', door)}
    aside |= set(re.findall(r'return "([a-z]+-[a-z]+)"', tokens + proofs))
    assert len(aside) == 9
    for cause in (*(f"quarantine-{reason}" for reason in aside), *re.findall(r'unconfirms="([a-z-]+)"', door)):
        assert why(cause) not in (why("quarantine-x"), why("x"), cause), cause


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 minutes"), (1, "1 minute"), (59, "59 minutes"), (121, "2 hours 1 minute"), (180, "3 hours")],
)
def test_a_wait_is_told_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert length_of_time(minutes) == words


def test_a_week_is_told_by_the_day_it_begins_on() -> None:
    assert day("2026-11-23") == "23 November 2026"

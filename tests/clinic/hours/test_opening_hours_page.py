"""`docs/opening-hours.md` says what the code does."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clinic.facts import Alerts
from clinic.hours import HoursFacts, ReplyTarget, Schedule, by, day_and_time, promise, sentence
from clinic.hours.grammar import week_fault
from tests.clinic.hours.london import LONDON, at

PAGE = (Path(__file__).parents[3] / "docs" / "opening-hours.md").read_text(encoding="utf-8")
EXAMPLES = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]


def facts_of(example: dict[str, Any]) -> HoursFacts:
    plain = {key: value for key, value in example.items() if key not in ("reply", "site", "alerts")}
    reply = {"reply": example["reply"]["target"]} if "reply" in example else {}
    return HoursFacts.model_validate({**plain, **reply})


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_every_example_is_valid(example: dict[str, Any]) -> None:
    facts = facts_of(example)
    Alerts.model_validate(example.get("alerts", {}))
    for site in example.get("site", ()):
        own = {key: value for key, value in site.items() if key not in ("slug", "name")}
        HoursFacts.model_validate({**facts.model_dump(), **own})


def test_every_setting_is_explained() -> None:
    settings = set(HoursFacts.model_fields) - {"timezone"}

    assert settings <= {key for example in EXAMPLES for key in example}
    assert all(
        choice in PAGE for choice in ('"england"', '"wales"', '"northern-ireland"', '"none"', '"both"', '"actual"')
    )


def test_the_mistake_looks_as_it_is_shown() -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)

    assert [line.strip() for line in shown.splitlines()] == [
        line.strip() for line in str(week_fault("Mon-Sat 8am-8pm")).splitlines()[1:]
    ]


def test_the_christmas_closure_reads_as_it_is_quoted() -> None:
    schedule = Schedule(facts_of(next(example for example in EXAMPLES if "closure" in example)))

    quoted = re.sub(r"\s+", " ", PAGE)
    words = sentence(promise(schedule, at("2026-12-25 12:00")))
    assert words.split(" We will")[0] in quoted
    assert schedule.day(date(2026, 12, 10)).breaks


def test_substitutes_are_as_the_page_says() -> None:
    def open_on(substitutes: str) -> list[int]:
        schedule = Schedule(HoursFacts.model_validate({"bank_holiday_substitutes": substitutes}))
        return [day for day in (26, 28) if schedule.day(date(2026, 12, day)).hours]

    assert (open_on("both"), open_on("substitute"), open_on("actual")) == ([], [26], [28])


def test_the_table_of_targets_is_right() -> None:
    rows = re.findall(r'^\| `"(.*?)"` \| (.*?) \| (.*?) \|$', PAGE, re.MULTILINE)
    assert len(rows) == 3
    schedule = Schedule(HoursFacts())
    for text, *cells in rows:
        for received, cell in zip(("2026-11-23 10:00", "2026-11-21 20:30"), cells, strict=True):
            due = schedule.reply_by(at(received), ReplyTarget.parse(text))
            weekday = day_and_time(due, LONDON).split()[0]
            clock = by(due, due, LONDON).removeprefix("by ").removesuffix(" that day")
            assert f"{clock} on {weekday}" == cell

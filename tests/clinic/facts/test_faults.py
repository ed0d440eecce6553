"""Whoever edits the clinic file is told in plain words where a mistake stands and what to write."""

import re
from typing import Any

import pytest
from pydantic import BaseModel

from clinic.errors import ConfigurationError
from clinic.facts import Alerts, ClinicFacts, Condition, Reminders, Site, check_facts
from clinic.facts.parts import Reply
from clinic.hours import Closure, SpecialHours
from tests.clinic.test_facts import document, faults

CONDITION = {"slug": "knee-pain", "title": "Knee pain"}
DAY = {"from": "2026-12-24"}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"reception": "a@b.example"}, 'reception: is a list: write reception = ["a@b.example"]'),
        ({"reception": []}, 'reception: is empty: write reception = ["reception@example.com"]'),
        ({"reception": ["a@b.example"] * 10}, "reception: holds 10: write 9 at most"),
        ({"alerts": {"digests": True}}, "alerts.digests: is not known: did you mean digest?"),
        ({"alerts": {"digest": "maybe"}}, "alerts.digest: write true or false, without quotation marks"),
        ({"alerts": {"detail": "short"}}, 'alerts.detail: write "full" or "link"'),
        ({"alerts": {"flood": 2000}}, "alerts.flood: is too large: write 1000 or less"),
        ({"alerts": {"flood": -1}}, "alerts.flood: is too small: write 0 or more"),
        ({"alerts": {"flood": "many"}}, "alerts.flood: write a whole number in digits, such as 20"),
        ({"alerts": "link"}, "alerts: is a table: write [alerts] on a line of its own, and its settings below"),
        ({"flood": 20}, "flood: does not belong here: move it below [alerts]"),
        (
            {"reply": {"target": "4 open hours", "timezone": "Europe/London"}},
            "reply.timezone: does not belong here: move it above the first [table]",
        ),
        ({"name": 3}, 'name: is not a text: write it in quotation marks, "like this"'),
        ({"name": ""}, "name: is empty: write something between the quotation marks"),
        ({"name": "x" * 201}, "name: is too long: write 200 characters at most"),
        ({"name": "Pure\nPhysiotherapy"}, "name: write it on one line"),
        ({"Name": "Pure Physiotherapy"}, "Name: is not known: did you mean name?"),
        (
            {"website": "www.physiotherapy.example"},
            'website: write it as the browser shows it, from https:// on, such as "https://www.example.com"',
        ),
        ({"closure": DAY}, "closure: is a table: write [[closure]] on a line of its own, and its settings below"),
        ({"condition": []}, "condition: is a table: write [[condition]] on a line of its own, and its settings below"),
        (
            {"condition": [CONDITION | {"red_flags": "none"}]},
            (
                "condition 1 (Knee pain): red_flags: "
                "is a table: write [condition.red_flags] on a line of its own, and its settings below"
            ),
        ),
        (
            {"condition": [CONDITION, {"slug": "Neck Pain", "title": "Neck pain"}]},
            (
                "condition 2 (Neck pain): slug: "
                'write small letters and digits, and a hyphen for a space, such as "neck-pain"'
            ),
        ),
        (
            {"closure": [DAY, {"from": "24 December"}]},
            "closure 2 (24 December): from: is not a date: write year, month and day, such as 2026-12-24",
        ),
        ({"closure": [DAY | {"note": "a\tb"}]}, "closure 1 (2026-12-24): note: write it on one line"),
        (
            {"site": [{"slug": "riverside", "name": "Riverside", "closure": [DAY | {"notes": "Painting"}]}]},
            "site 1 (Riverside): closure 1 (2026-12-24): notes: is not known: did you mean note?",
        ),
        (
            {"condition": [CONDITION | {"colour_of_it": "red"}]},
            "condition 1 (Knee pain): colour_of_it: is not known: write one of slug, title, title_cy, red_flags",
        ),
        (
            {
                "site": [
                    {
                        "slug": "quay",
                        "name": "Quay",
                        "closure": [DAY | {"until": "2026-12-26"}, {"from": "2026-12-25", "until": "2026-12-28"}],
                    }
                ]
            },
            (
                "site quay: [[closure]] 2026-12-24 to 2026-12-26 and [[closure]] 2026-12-25 to 2026-12-28 overlap: "
                "end one before the other begins"
            ),
        ),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write(wrong: dict[str, Any], told: str) -> None:
    assert faults(**wrong) == [f"clinic.toml: {told}"]


def test_a_list_with_one_wrong_entry_is_not_said_to_be_empty() -> None:
    (told,) = faults(reception=["nobody"])
    assert told.startswith("clinic.toml: reception: entry 1: not an email address: ")
    assert faults(languages=["en-GB"]) == ['clinic.toml: languages: entry 1: write "en" or "cy"']


def test_what_is_missing_is_named_and_where_it_can_be_seen() -> None:
    (told,) = faults(condition=[{"slug": "neck-pain"}])
    assert told == (
        "clinic.toml: condition 1 (neck-pain): title: "
        "is missing: the clinic.toml that comes with the service shows how it is written"
    )


WRONG: list[object] = [None, True, 3, 0.5, "", "x\ny", "x" * 1000, [], ["x"], [3], {}, {"x": 3}, [{}], [{"x": 3}]]
TABLES: dict[str, type[BaseModel]] = {
    "": ClinicFacts,
    "reply": Reply,
    "alerts": Alerts,
    "reminders": Reminders,
    "condition": Condition,
    "site": Site,
    "closure": Closure,
    "special_hours": SpecialHours,
}
LISTED = {"condition", "site", "closure", "special_hours"}


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize("table", TABLES)
def test_whatever_is_wrong_nobody_is_told_in_the_words_of_python(table: str, wrong: object) -> None:
    for field, about in TABLES[table].model_fields.items():
        one = {about.alias or field: wrong}
        changes = {table: [one] if table in LISTED else one} if table else one
        try:
            check_facts(document() | changes, "clinic.toml")
        except ConfigurationError as error:
            told = " ".join(error.faults)
            assert not re.search(
                r"[Ii]nput|[Tt]uple|should|dictionary|pattern|instance|validation|Value error", told
            ), told

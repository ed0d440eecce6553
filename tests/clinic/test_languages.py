"""Each catalogue says all that there is to say, and nothing else; what it lacks is said in English."""

import re
import tomllib
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts, check_facts
from clinic.languages import CATALOGUES, LOCALES, say
from clinic.settings import ROOT

TRANSLATED = [locale for locale in LOCALES if locale != "en"]
FIELD = re.compile(r"%\(\w+\)s|\{[^}]*\}")
FLAGS = {"advice": "Phone 999", "signs": ["One", "Another"], "reviewer": "A. Clinician", "reviewed": "2026-10-01"}


@cache
def written() -> dict[str, str]:
    """Return every message that stands in code and templates, and where."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]  # Babel types little
    keywords = dict.fromkeys(("_", "gettext", "say", "gettext_noop"))
    found: dict[str, str] = {}
    for folder in ("clinic", "intake", "workers", "email_templates"):
        kept = [(pattern.removeprefix(f"{folder}/"), way) for pattern, way in methods if pattern.startswith(folder)]
        wanted = {pattern.removeprefix(f"{folder}/"): option for pattern, option in options.items()}
        for file_name, _line, message, _comments, _context in extract_from_dir(
            ROOT / folder, kept, wanted, keywords=keywords
        ):
            assert isinstance(message, str)
            found[message] = f"{folder}/{file_name}"
    return found


class Tags(HTMLParser):
    """Lists the tags of a message, with what is in them."""

    def __init__(self, message: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.feed(message)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(f"{tag} {attrs}")

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(f"/{tag}")


@pytest.mark.parametrize("locale", TRANSLATED)
def test_a_catalogue_has_every_message_and_no_other(locale: str) -> None:
    with (CATALOGUES / f"{locale}.po").open("rb") as file:
        catalogue = read_po(file)
    kept = {str(message.id): message for message in catalogue if message.id}
    again = "bring the catalogue up to date as CONTRIBUTING.md says"
    assert not (lacking := set(written()) - set(kept)), f"{again}: {sorted(lacking)}"
    assert not (left_over := set(kept) - set(written())), f"{again}: {sorted(left_over)}"
    assert not [name for name, message in kept.items() if message.fuzzy or not message.string]


@pytest.mark.parametrize("locale", TRANSLATED)
def test_a_translation_has_the_same_values_and_tags_as_the_english(locale: str) -> None:
    with (CATALOGUES / f"{locale}.po").open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        english, translation = str(message.id), str(message.string)
        if english:
            assert sorted(FIELD.findall(english)) == sorted(FIELD.findall(translation)), english
            assert Tags(english).seen == Tags(translation).seen, english


def test_what_no_catalogue_has_is_said_in_english() -> None:
    assert say("Enter your name", "cy") == "Rhowch eich enw"
    assert say("Enter your name", "en") == "Enter your name"
    assert say("Christmas closure", "cy") == "Christmas closure"


def document() -> dict[str, object]:
    return tomllib.loads(Path(ROOT / "clinic.toml").read_text(encoding="utf-8"))


def with_flags(**changed: object) -> ClinicFacts:
    return check_facts(
        document() | {"condition": [{"slug": "neck-pain", "title": "Neck pain", "red_flags": FLAGS | changed}]},
        "clinic.toml",
    )


def test_red_flags_have_somebody_who_answers_for_them() -> None:
    assert with_flags().condition[0].red_flags
    for left_out in ("reviewer", "reviewed"):
        with pytest.raises(ConfigurationError, match=left_out):
            with_flags(**{left_out: None})


def test_red_flags_are_translated_whole_or_not_at_all() -> None:
    flags = with_flags(advice_cy="Ffoniwch 999", signs_cy=["Un", "Arall"]).condition[0].red_flags
    assert flags
    assert flags.signs_cy == ("Un", "Arall")
    for part in ({"advice_cy": "Ffoniwch 999"}, {"signs_cy": ["Un", "Arall"]}, {"advice_cy": "x", "signs_cy": ["Un"]}):
        with pytest.raises(ConfigurationError, match="the Welsh is not whole"):
            with_flags(**part)


def test_a_clinic_speaks_its_own_languages_only(facts: ClinicFacts) -> None:
    assert facts.spoken("cy") == "cy"
    assert facts.model_copy(update={"languages": ("en",)}).spoken("cy") == "en"
    with pytest.raises(ConfigurationError, match="languages"):
        check_facts(document() | {"languages": ["fr"]}, "clinic.toml")

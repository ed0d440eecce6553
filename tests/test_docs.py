"""The documents tell the truth: every setting, command, key and path that they name is there, and none is left out."""

import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

import run
from clinic.enquiry import Enquiry
from clinic.settings import Settings
from clinic.store import keys
from intake.openapi_responses import RECEIPT
from intake.problem import PROBLEMS
from intake.receipt import Receipt
from ops.cli import app
from workers.digests import Entry

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
COMMANDS = {str(command.name or getattr(command.callback, "__name__", "")) for command in app.registered_commands}
BESIDE = set(run.CHECKS)


def test_the_page_of_settings_names_every_one_and_no_other() -> None:
    table = re.findall(r"^\| (`[A-Z_`, ]+) \|", SETTINGS, re.MULTILINE)
    named = {name for row in table for name in re.findall(r"[A-Z_]{4,}", row)}
    assert named == {name.upper() for name in Settings.model_fields}


def commands(text: str) -> set[str]:
    """Return the commands that a page names: behind a backtick in its sentences, as one types them in its blocks."""
    blocks = "\n".join(re.findall(r"^ *```.*?^ *```", text, re.DOTALL | re.MULTILINE))
    typed = re.findall(r"(?:^|[ /])(?:frontdesk|run --rm staff) +([a-z][a-z-]*)", blocks, re.MULTILINE)
    return {*typed, *re.findall(r"(?:run\.py|`frontdesk|run --rm staff) ([a-z][a-z-]*)", text)}


def test_a_command_is_seen_in_a_sentence_and_in_a_block() -> None:
    page = "`frontdesk one`\n```sh\nfrontdesk two -y\n/opt/bin/frontdesk three\nrun.py four\n```\nfrontdesk is"
    assert commands(page) == {"one", "two", "three", "four"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_is_named_exists(document: Path) -> None:
    assert commands(document.read_text(encoding="utf-8")) - COMMANDS - BESIDE == set()


def test_every_page_is_reached_from_the_readme() -> None:
    linked = {(ROOT / link).resolve() for link in re.findall(r"\]\(([^)#]+)", README) if "://" not in link}
    assert {*DOCUMENTS, ROOT / "CHANGELOG.md"} - {ROOT / "README.md"} <= linked


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_path_that_is_named_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`((?:clinic|intake|workers|ops|tests|docs|email_templates)/[\w./-]*)`", text)
    wrong = [name for name in named if not ((ROOT / name).exists() or (document.parent / name).exists())]
    assert wrong == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_page_and_to_a_heading_of_it(document: Path) -> None:
    for link, anchor in re.findall(r"\]\(([^)#:]+)(?:#([^)]+))?\)", document.read_text(encoding="utf-8")):
        page = document.parent / link
        assert page.exists(), link
        if anchor:
            headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in [heading.lower().replace(" ", "-") for heading in headings], link


def test_the_snippet_for_a_website_gives_a_link_without_javascript_to_the_same_form() -> None:
    page = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    snippet = re.search(r'data-condition="([a-z-]+)"></script>\n<noscript><a href="[^"]+/enquiry/([a-z-]+)">', page)
    assert snippet
    assert snippet[1] == snippet[2]


def test_the_receipt_for_programs_has_every_field_and_the_links_of_the_interface_s_own_example() -> None:
    page = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    block = re.search(r"```json\n(.+?)```", page, re.DOTALL)
    assert block
    shown = json.loads(block[1])
    assert list(shown) == list(Receipt.model_fields)
    assert shown["links"] == RECEIPT["links"]


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    assert all(command in shown for command in COMMANDS)


def test_every_key_is_written_down_with_what_it_holds() -> None:
    source = Path(keys.__file__).read_text(encoding="utf-8")
    described = set(re.findall(r"^# ([a-z]+):<", source, re.MULTILINE))
    assert described == {"enquiry", "deliveries", "digest", "facts", "idempotency", "acts", "errand", "limit"}


def test_the_page_of_what_is_kept_names_every_field_and_every_kind_of_key() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    first, second = page.split("## Where it stands")
    assert re.findall(r"^\| `([a-z_]+)` \|", first, re.MULTILINE) == list(Enquiry.model_fields)
    rows = re.findall(r"^\| (`[a-z]+:`.*?) \|", second, re.MULTILINE)
    described = re.findall(r"^# ([a-z]+:)<", Path(keys.__file__).read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(key for row in rows for key in re.findall(r"`([a-z]+:)`", row)) == sorted(described)


def test_the_page_of_mails_says_what_each_list_holds() -> None:
    page = (ROOT / "docs" / "mails.md").read_text(encoding="utf-8")
    row = re.search(r"^\| `entries` \| (.+) \|$", page, re.MULTILINE)
    assert row
    assert re.findall(r"`([a-z_]+)`", row[1]) == [field.name for field in fields(Entry)]


def test_every_status_of_a_refusal_is_in_the_table_for_websites() -> None:
    text = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
    told = [int(status) for row in re.findall(r"^\| ([\d, ]+) \|", text, re.MULTILINE) for status in row.split(",")]
    assert sorted(told) == sorted({problem.status for problem in PROBLEMS})

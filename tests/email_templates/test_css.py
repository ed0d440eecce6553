"""The styles of the mails: nothing is relied on that a mail program in use does not know.

The table is a short form of caniemail.com's for Outlook for Windows, Gmail, Apple Mail, Yahoo and Samsung Mail, as of
November 2026.
"""

import re

import pytest

from clinic.facts import read_facts
from clinic.settings import ROOT
from ops.preview import Case, DigestCase, every
from tests.email_templates.reading import Reader

# Known to all of them, in the way it is used here.
KNOWN = {
    *("background-color", "color", "font-family", "font-size", "font-weight", "line-height", "text-align"),
    *(
        "text-decoration",
        "vertical-align",
        "width",
        "border-collapse",
        "border-top",
        "border-left",
        "padding",
        "margin",
    ),
}
# Some know it and some pass over it, and the mail is the same but for a detail.
PASSED_OVER = {
    "max-width": "Outlook: the table between its conditional comments has the width",
    "margin": "Outlook: not on every element",
    "display": "only to hide the preheader, which is also of no height",
    "max-height": "as display",
    "overflow": "as display, and for a message that is one long word",
    "overflow-wrap": "a long word is cut off or makes the sheet wider",
    "word-break": "the same",
    "-webkit-text-size-adjust": "iPhones enlarge text in landscape",
}
MAILS = [case for case in every(read_facts(ROOT / "clinic.toml")) if not case.template_broken]


def declarations(document: str) -> set[tuple[str, str]]:
    """Return every inlined declaration: its property and its value."""
    found: set[tuple[str, str]] = set()
    for _, attributes in Reader(document).tags:
        for declaration in (attributes.get("style") or "").split(";"):
            name, _, value = declaration.partition(":")
            if value:
                found.add((name.strip().lower(), value.strip().lower()))
    return found


@pytest.mark.parametrize("case", MAILS, ids=lambda case: case.name)
def test_no_style_is_relied_on_that_a_mail_program_does_not_know(case: Case | DigestCase) -> None:
    used = declarations(case.mail().html or "")
    assert used
    assert {name for name, _ in used} <= KNOWN | PASSED_OVER.keys()
    assert {value for name, value in used if name == "display"} <= {"none"}
    assert not [value for _, value in used if re.search(r"calc\(|var\(|url\(|rem\b|vw\b|gradient|rgba", value)]


def test_every_layout_table_says_its_width_to_outlook() -> None:
    for case in MAILS:
        assert '<!--[if mso]><table role="presentation" width="600"' in (case.mail().html or "")

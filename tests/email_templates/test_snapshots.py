"""The words of the mails, as they stand: a change of any of them is seen in the review of these files."""

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from clinic.facts import read_facts
from clinic.settings import ROOT
from ops.preview import every

SHOWN = (
    "confirmation-open",
    "confirmation-closed",
    "alert-closed",
    "alert-hostile",
    "undeliverable-rcpt-550",
    "digest-three",
    "digest-waiting",
    "flood-three",
)
CASES = {case.name: case for case in every(read_facts(ROOT / "clinic.toml"))}


class Text(SingleFileSnapshotExtension):
    """One file a snapshot, to be opened as what it is."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


class Html(Text):
    """The same for HTML."""

    file_extension = "html"


@pytest.mark.parametrize("name", SHOWN)
def test_the_text_is_as_it_was(name: str, snapshot: SnapshotAssertion) -> None:
    mail = CASES[name].mail()
    assert f"Subject: {mail.subject}\n\n{mail.text}" == snapshot(extension_class=Text)


@pytest.mark.parametrize("name", SHOWN)
def test_the_html_is_as_it_was(name: str, snapshot: SnapshotAssertion) -> None:
    assert CASES[name].mail().html == snapshot(extension_class=Html)


def test_the_built_in_alert_is_as_it_was(snapshot: SnapshotAssertion) -> None:
    assert CASES["alert-template-broken"].mail().text == snapshot(extension_class=Text)

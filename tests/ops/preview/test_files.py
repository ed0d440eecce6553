"""Previews: a file of every part of every mail, and a page that leads to them."""

from pathlib import Path

from clinic.facts import read_facts
from clinic.settings import ROOT
from ops.preview import every, write_previews


def test_it_writes_every_mail_in_every_state(tmp_path: Path) -> None:
    files = write_previews(tmp_path / "new" / "folder")
    assert {file.name for file in files} == {file.name for file in (tmp_path / "new" / "folder").iterdir()}
    for case in every(read_facts(ROOT / "clinic.toml")):
        endings = {".txt", ".eml"} if case.template_broken else {".txt", ".eml", ".html"}
        assert {file.suffix for file in files if file.stem == case.name} == endings


def test_the_index_comes_first_and_links_every_file(tmp_path: Path) -> None:
    index, *files = write_previews(tmp_path)
    page = index.read_text(encoding="utf-8")
    assert index.name == "index.html"
    assert all(f'href="{file.name}"' in page for file in files)
    assert "Out of hours: enquiry CFGH 3467" in page


def test_it_writes_the_same_bytes_every_time(tmp_path: Path) -> None:
    first = {file.name: file.read_bytes() for file in write_previews(tmp_path / "a")}
    second = {file.name: file.read_bytes() for file in write_previews(tmp_path / "b")}
    assert first == second


def test_it_shows_the_facts_it_is_given(tmp_path: Path) -> None:
    facts = read_facts(ROOT / "clinic.toml").model_copy(update={"phone": "020 7946 0000"})
    write_previews(tmp_path, facts)
    assert "020 7946 0000" in (tmp_path / "confirmation-open.txt").read_text(encoding="utf-8")


def test_no_two_states_have_one_name() -> None:
    names = [case.name for case in every(read_facts(ROOT / "clinic.toml"))]
    assert len(names) == len(set(names))

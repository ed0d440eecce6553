"""Files of every mail in every state, for a person to look at."""

import html
from pathlib import Path

from clinic.facts import ClinicFacts, read_facts
from clinic.settings import ROOT
from ops.preview.cases import Case, cases
from ops.preview.digest_cases import DigestCase, digests
from workers.message import message_bytes

INDEX = """<!doctype html>
<html lang="en-GB"><meta charset="utf-8"><title>Every mail in every state</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>body{{font:16px/1.5 sans-serif;margin:2rem}}th{{text-align:left;font-weight:normal;padding-right:2rem}}</style>
<h1>Every mail in every state</h1>
<table>
{rows}
</table>
"""


def every(facts: ClinicFacts) -> list[Case | DigestCase]:
    """Return every state of everything that leaves the service."""
    return [*cases(facts), *digests(facts)]


def write_previews(folder: Path, facts: ClinicFacts | None = None) -> list[Path]:
    """Write every mail as .html, .txt and .eml, and an index.html of them; return the files, the index first.

    `facts` are those of the packaged clinic file where none are given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    rows: list[str] = []
    for case in every(facts or read_facts(ROOT / "clinic.toml")):
        mail = case.mail()
        parts = {".html": mail.html, ".txt": mail.text, ".eml": message_bytes(mail).decode("ascii")}
        written = {ending: content for ending, content in parts.items() if content is not None}
        for ending, content in written.items():
            files.append(folder / f"{case.name}{ending}")
            files[-1].write_bytes(content.encode())
        links = " ".join(f'<a href="{case.name}{ending}">{case.name}{ending}</a>' for ending in written)
        rows.append(f"<tr><th scope=row>{html.escape(mail.subject)}</th><td>{links}</td></tr>")
    index = folder / "index.html"
    index.write_text(INDEX.format(rows="\n".join(rows)), encoding="utf-8")
    return [index, *files]

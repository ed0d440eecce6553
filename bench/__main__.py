"""`python3 run.py bench`: every table of docs/performance.md, from one run; peers and limits are measured beside us."""

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Sequence

from rich.table import Table

from bench.growth_tables import growth, size
from bench.intake_table import intake
from bench.mail_tables import bursts, cold, drained, rest
from bench.profile_table import profile
from bench.section import Part, Section, console
from bench.tools import PACKAGES, Missing, tool
from clinic.settings import ROOT

PAGE = ROOT / "docs" / "performance.md"
TABLES = re.compile(r"(<!-- tables -->\n).*?(<!-- /tables -->)", re.DOTALL)
PARTS: dict[str, Part] = {
    "intake": intake,
    "drain": drained,
    "burst": bursts,
    "rest": rest,
    "cold": cold,
    "size": size,
    "growth": growth,
    "profile": profile,
}


def main() -> int:
    """Run what was chosen, print it, and write the page if it was all."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure this service beside its peers and its limits.")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved runs, of which the median counts")
    parser.add_argument("--seconds", type=int, default=4, help="how long each load of the intake lasts")
    parser.add_argument("--enquiries", type=int, default=1_500, help="how many are drained")
    parser.add_argument("--most", type=int, default=1_000_000, help="how many wait at most, where growth is measured")
    parser.add_argument("--only", choices=sorted(PARTS), help="one part")
    chosen = parser.parse_args()
    try:
        for name in PACKAGES:
            tool(name)
    except Missing as missing:
        console.print(str(missing))
        return 2
    sections = []
    for name, part in PARTS.items():
        if chosen.only in (None, name):
            began = time.monotonic()
            sections.append(part(chosen))
            _show(sections[-1])
            console.print(f"{name}: {time.monotonic() - began:.0f} s")
    if chosen.only is None:
        _write(sections)
    return 0


def _show(section: Section) -> None:
    title, head, rows = section
    table = Table(*head, title=title)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _write(sections: Sequence[Section]) -> None:
    """Put the tables into the page, with the machine they are of."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, Linux {platform.release()}"
    parts = [f"Measured in one run on {machine}.\n"]
    for title, head, rows in sections:
        lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        lines += ["| " + " | ".join(row) + " |" for row in rows]
        parts.append(f"### {title}\n\n" + "\n".join(lines) + "\n")
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLES.sub(lambda found: found[1] + "\n" + "\n".join(parts) + "\n" + found[2], page), "utf-8")


if __name__ == "__main__":
    sys.exit(main())

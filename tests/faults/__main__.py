"""Runs the matrix and writes its table: `python -m tests.faults [--seeds N] [--only NAME] [--quick]`."""

import argparse
import asyncio
import datetime as dt
import logging
import os
import re
import sys
import time

from rich.console import Console
from rich.table import Table

from clinic import logs
from clinic.settings import ROOT
from tests.faults.matrix import QUICK, Size, run, scenarios
from tests.faults.row import HEAD, Row, markdown

PAGE = ROOT / "docs" / "reliability.md"
TABLE = re.compile(r"(<!-- table -->\n).*?(<!-- /table -->)", re.DOTALL)


def main() -> int:
    """Return 0 when every invariant held."""
    parser = argparse.ArgumentParser(prog="faults", description="Count what faults cost, with real processes.")
    parser.add_argument("--seeds", type=int, default=5, help="how many runs of random kills (default: 5)")
    parser.add_argument("--only", action="append", help="only scenarios whose name contains this; may be repeated")
    parser.add_argument("--quick", action="store_true", help="1,000 enquiries, 20 kills and a sample of the cuts")
    parser.add_argument("--list", action="store_true", help="name the scenarios and stop")
    chosen = parser.parse_args()
    named = scenarios(QUICK if chosen.quick else Size(), chosen.seeds)
    if chosen.only:
        named = {name: one for name, one in named.items() if any(word in name for word in chosen.only)}
    console = Console(highlight=False)
    if chosen.list or not named:
        console.print("\n".join(named) or "no scenario has such a name")
        return 0 if named else 2
    _quiet()
    began = time.monotonic()
    rows: list[Row] = []
    with console.status("starting") as status:

        def tell(text: str) -> None:
            status.update(f"{len(rows)} of {len(named)}: {text}")
            if not console.is_terminal:
                print(f"  {text}", file=sys.stderr, flush=True)  # noqa: T201 - a command's progress

        def done(name: str, row: Row) -> None:
            rows.append(row)
            verdict = "holds" if not row.faults else "DOES NOT HOLD: " + "; ".join(row.faults)
            console.print(f"[{time.monotonic() - began:6.0f} s] {name}: {verdict}", markup=False)

        asyncio.run(run(named, tell, done))
    table = Table(*HEAD)
    for row in rows:
        table.add_row(*row.cells)
    console.print(table)
    if not chosen.only:
        _write(rows, chosen.seeds, quick=chosen.quick)
        console.print(f"written to {PAGE.relative_to(ROOT)}")
    broken = [row for row in rows if row.faults]
    console.print(f"{len(rows) - len(broken)} of {len(rows)} hold")
    return 1 if broken else 0


def _quiet() -> None:
    """Keep the service's own lines of this process out of the way."""
    logs.configure("faults")
    logging.disable(logging.CRITICAL)


def _write(rows: list[Row], seeds: int, *, quick: bool) -> None:
    today = dt.datetime.now(dt.UTC).date()
    how = (
        f"{'a quick run' if quick else 'the full run'} of {today:%d %B %Y}, seeds 1 to {seeds}, {os.cpu_count()} cores"
    )
    text = PAGE.read_text(encoding="utf-8")
    table = f"From {how}.\n\n{markdown(rows)}\n"
    PAGE.write_text(TABLE.sub(lambda found: found[1] + table + found[2], text), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())

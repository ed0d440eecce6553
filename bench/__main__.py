"""`python3 run.py bench`: every table of docs/performance.md, from one run; peers and limits are measured beside us."""

import argparse
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.drain import Drained, burst, drain
from bench.intake import Rate, intake_rate
from bench.rest import at_rest, first_mail, timed_sink
from bench.stand import Kind, sink, slow_sink, stand
from bench.tools import Missing, tool
from clinic.settings import ROOT

PAGE = ROOT / "docs" / "performance.md"
TABLES = re.compile(r"(<!-- tables -->\n).*?(<!-- /tables -->)", re.DOTALL)
KINDS: tuple[Kind, ...] = ("ours", "peer", "plus")
NAMES = {"ours": "this service", "peer": "peer", "plus": "peer-plus", "constant": "constant 202"}
Row = Sequence[str]
Section = tuple[str, Row, Sequence[Row]]
console = Console(highlight=False)


def main() -> int:
    """Run what was chosen, print it, and write the page if it was all."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure this service beside its peers and its limits.")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved runs, of which the median counts")
    parser.add_argument("--seconds", type=int, default=4, help="how long each load of the intake lasts")
    parser.add_argument("--enquiries", type=int, default=600, help="how many are drained")
    parser.add_argument("--only", choices=sorted(PARTS), help="one part")
    chosen = parser.parse_args()
    try:
        for name in ("wrk", "smtp-sink"):
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


def intake(chosen: argparse.Namespace) -> Section:
    """Measure requests a second, JSON and form, by connections; the limit is the same server with nothing to do."""
    found: dict[tuple[Kind, str, int], list[Rate]] = {}
    for turn in range(chosen.rounds):
        for kind in (*KINDS, "constant"):
            console.print(f"  intake, run {turn + 1} of {chosen.rounds}: {NAMES[kind]}")
            with stand(kind) as made:
                intake_rate(made, 4, 1)
                for form in (False, True) if kind == "ours" else (False,):
                    for connections in (1, 16, 64):
                        key: tuple[Kind, str, int] = (kind, "form" if form else "JSON", connections)
                        rate = intake_rate(made, connections, chosen.seconds, form=form)
                        found.setdefault(key, []).append(rate)
    rows = []
    for (which, what, connections), rates in found.items():
        ours = median(rate.per_second for rate in found["ours", what, connections])
        own = median(rate.per_second for rate in rates)
        tail = median(rate.p99_ms for rate in rates)
        failed = sum(rate.failed for rate in rates)
        rows.append(
            (NAMES[which], what, str(connections), f"{own:,.0f}", f"{tail:.1f}", str(failed), f"{ours / own:.2f}")
        )
    return "Intake", ("", "sent as", "connections", "requests/s", "p99, ms", "failed", "we, times this"), rows


def drained(chosen: argparse.Namespace) -> Section:
    """Measure enquiries a second from the start of the workers until the last of two mails each."""
    return _mails("Drain, cold workers", drain, chosen)


def bursts(chosen: argparse.Namespace) -> Section:
    """Measure enquiries a second from the first POST until the last mail, everything running."""
    return _mails("Burst, from the first POST to the last mail", burst, chosen)


def _mails(title: str, measure: Callable[..., Drained], chosen: argparse.Namespace) -> Section:
    rows = []
    for delay_ms in (0, 10):
        found: dict[Kind, list[Drained]] = {kind: [] for kind in KINDS}
        for turn in range(chosen.rounds):
            for kind in KINDS:
                console.print(f"  {title}, {delay_ms} ms, run {turn + 1} of {chosen.rounds}: {NAMES[kind]}")
                # A relay that is slow makes the peers slow: they get fewer, so that a run ends.
                count = chosen.enquiries if kind == "ours" or not delay_ms else chosen.enquiries // 10
                with slow_sink(delay_ms) if delay_ms else sink() as port, stand(kind, port) as made:
                    found[kind].append(measure(made, count))
        ours = median(one.per_second for one in found["ours"])
        for which, runs in found.items():
            own = median(one.per_second for one in runs)
            cpu = median(one.cpu_seconds / one.enquiries * 1000 for one in runs)
            memory = median(one.memory for one in runs) / 2**20
            rows.append(
                (NAMES[which], f"{delay_ms} ms", f"{own:,.0f}", f"{cpu:.2f}", f"{memory:.0f}", f"{ours / own:.2f}")
            )
    return title, ("", "relay answers in", "enquiries/s", "CPU-s per 1,000", "memory, MiB", "we, times this"), rows


def rest(chosen: argparse.Namespace) -> Section:
    """Measure one enquiry at a time, from its POST until both mails are with the relay."""
    found: dict[Kind, list[list[float]]] = {kind: [] for kind in KINDS}
    for turn in range(chosen.rounds):
        for kind in KINDS:
            console.print(f"  at rest, run {turn + 1} of {chosen.rounds}: {NAMES[kind]}")
            with timed_sink() as to, stand(kind, to.port) as made:
                made.work()
                found[kind].append(at_rest(made, to, 60))
    rows = []
    for which, runs in found.items():
        half, tail = median(run[len(run) // 2] for run in runs), median(run[len(run) * 99 // 100] for run in runs)
        ours = median(run[len(run) // 2] for run in found["ours"])
        rows.append((NAMES[which], f"{half:.1f}", f"{tail:.1f}", f"{ours / half:.2f}"))
    return "At rest", ("", "p50, ms", "p99, ms", "we, times this"), rows


def cold(chosen: argparse.Namespace) -> Section:
    """Measure how soon a new process is of use."""
    intakes: dict[Kind, list[float]] = {kind: [] for kind in KINDS}
    workers: dict[Kind, list[float]] = {kind: [] for kind in KINDS}
    for turn in range(chosen.rounds):
        for kind in KINDS:
            console.print(f"  cold start, run {turn + 1} of {chosen.rounds}: {NAMES[kind]}")
            with timed_sink() as to, stand(kind, to.port) as made:
                intakes[kind].append(made.answered_after)
                workers[kind].append(first_mail(made, to))
    rows = [
        (
            NAMES[kind],
            f"{median(intakes[kind]):.2f}",
            f"{median(workers[kind]):.2f}",
            f"{median(intakes['ours']) / median(intakes[kind]):.2f}",
            f"{median(workers['ours']) / median(workers[kind]):.2f}",
        )
        for kind in KINDS
    ]
    return "Cold start", ("", "intake answers, s", "worker's first mail, s", "we, times this", "and this"), rows


PARTS = {"intake": intake, "drain": drained, "burst": bursts, "rest": rest, "cold": cold}


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

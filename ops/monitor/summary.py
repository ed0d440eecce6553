"""The summary: a reading of the ledger in a few lines that a person takes in, the same on every screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.store.gauges import STANDINGS, Reading
from ops.monitor.metrics import ALIVE_MS, MAILS


@dataclass(frozen=True, slots=True)
class Row:
    """One line: what it is, and what was found."""

    name: str
    value: str


def summary(reading: Reading) -> Sequence[tuple[str, Sequence[Row]]]:
    """Return the tables of a reading, each with its title."""
    alive = [worker for worker in reading.workers if worker.seen_ms <= ALIVE_MS]
    last = min((worker.last_ms for worker in reading.workers if worker.last_ms is not None), default=None)
    server = reading.server
    return [
        (
            "Is it moving?",
            [
                Row("workers", f"{len(alive)} alive, one dispatches" if reading.dispatcher else f"{len(alive)} alive"),
                Row("last canary", "never" if reading.canary_ms is None else f"{ago(reading.canary_ms)} ago"),
                Row("last delivery settled", "never" if last is None else f"{ago(last)} ago"),
                Row("hints waiting", str(reading.hints)),
                Row("oldest due and unsent", ago(reading.unsent_ms)),
                Row("waiting for the relay", str(reading.stranded)),
            ],
        ),
        ("Enquiries", [Row(view, str(number)) for view, number in reading.views.items()]),
        (
            "Deliveries",
            [
                Row(kind.value, ", ".join(found))
                for kind in MAILS
                if (
                    found := [
                        f"{number} {standing.replace('_', ' ')}"
                        for standing in STANDINGS
                        if (number := reading.standing.get((kind, standing), 0))
                    ]
                    + ([f"{sent} sent"] if (sent := reading.counts.get(f"{kind}.sent", 0)) else [])
                )
            ],
        ),
        (
            "Redis",
            [
                Row("version", server.version),
                Row("durable", "; ".join(server.faults) or "yes: append-only file, synced at every write"),
                Row("memory", f"{server.memory / 1e6:.1f} MB" + _limit(server.memory_limit)),
                Row("append-only file", f"{server.aof_size / 1e6:.1f} MB"),
            ],
        ),
    ]


def ago(ms: int) -> str:
    """Return a span as a person says it: "0 s", "90 s", "12 min", "3 h", "2 days"."""
    seconds = ms // 1000
    for limit, unit, name in ((120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h")):
        if seconds < limit:
            return f"{seconds // unit} {name}"
    return f"{seconds // 86_400} days"


def _limit(limit: int) -> str:
    return f" of {limit / 1e6:.0f} MB" if limit else ", no limit"

"""The summary: a reading of the store in a few tables that a person takes in, the same on every screen."""

from collections.abc import Sequence
from dataclasses import dataclass

from clinic.store.reading import STANDINGS, Reading
from ops.monitor.alarms import AWAY_MS, CANARY_LATE_MS, LATE_MS
from ops.monitor.metrics import MAILS


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what was found, and whether somebody should look at it."""

    text: str
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table; the first cell of each row says what the row is about. Without a head it has two columns."""

    title: str
    rows: Sequence[Sequence[Cell]]
    head: Sequence[str] = ()


def summary(reading: Reading) -> tuple[Table, Table, Table, Table]:
    """Return the tables of a reading: what moves, deliveries, enquiries, the server."""
    return _moving(reading), _deliveries(reading), _enquiries(reading), _redis(reading)


def _moving(reading: Reading) -> Table:
    intakes, workers, canary = reading.intakes_alive, reading.workers_alive, reading.canary_ms
    return Table(
        "Is it moving?",
        [
            _row("intakes", f"{intakes} alive", bad=not intakes),
            _row("workers", f"{workers} alive" + (", one dispatches" if reading.dispatcher else ""), bad=not workers),
            _row("last canary", _since(canary), bad=canary is None or canary > CANARY_LATE_MS),
            _row("last delivery settled", _since(reading.settled_ms)),
            _row("hints in the queue", str(reading.hints)),
            _row("oldest due and unsent", ago(reading.unsent_ms), bad=reading.unsent_ms > LATE_MS),
            _row("waiting for the relay", str(reading.stranded), bad=reading.stranded_ms > AWAY_MS),
            _row("login at the relay", "refused" if reading.login_paused else "not refused", bad=reading.login_paused),
        ],
    )


def _deliveries(reading: Reading) -> Table:
    rows = []
    for kind in MAILS:
        found = [reading.standing.get((kind, standing), 0) for standing in STANDINGS]
        sent = reading.counts.get(f"{kind}.sent", 0)
        if any(found) or sent:
            cells = [
                Cell(str(number), bad=number > 0 and standing in ("failed", "in_doubt"))
                for standing, number in zip(STANDINGS, found, strict=True)
            ]
            rows.append([Cell(kind.value), *cells, Cell(str(sent))])
    return Table("Deliveries", rows, ["", *(one.replace("_", " ") for one in STANDINGS), "sent"])


def _enquiries(reading: Reading) -> Table:
    return Table(
        "Enquiries",
        [_row(view, str(number), bad=view == "overdue" and number > 0) for view, number in reading.views.items()],
    )


def _redis(reading: Reading) -> Table:
    server = reading.server
    limit = f" of {server.memory_limit / 1e6:.0f} MB" if server.memory_limit else ", no limit"
    rewrites = "" if server.aof_rewrites else ", the last rewrite failed"
    return Table(
        "Redis",
        [
            _row("version", server.version),
            _row("durable", "; ".join(server.faults) or "yes, synced at every write", bad=bool(server.faults)),
            _row("memory", f"{server.memory / 1e6:.1f} MB{limit}"),
            _row("append-only file", f"{server.aof_size / 1e6:.1f} MB{rewrites}", bad=not server.aof_rewrites),
        ],
    )


def _row(name: str, value: str, *, bad: bool = False) -> list[Cell]:
    return [Cell(name), Cell(value, bad)]


def _since(ms: int | None) -> str:
    return "never" if ms is None else f"{ago(ms)} ago"


def ago(ms: int) -> str:
    """Return a span as a person says it: "0 s", "90 s", "12 min", "3 h", "2 days"."""
    seconds = ms // 1000
    for limit, unit, name in ((120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h")):
        if seconds < limit:
            return f"{seconds // unit} {name}"
    return f"{seconds // 86_400} days"

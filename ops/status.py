"""The status on the command line: is it moving, what is stuck; as tables or as JSON."""

import asyncio
import json
from collections.abc import Sequence
from typing import NoReturn

from rich.box import SIMPLE_HEAD
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table as Shown
from rich.text import Text

from clinic.errors import StoreUnavailable
from clinic.store import Gauges, connect
from clinic.store.reading import Reading
from ops.monitor.alarms import Raised, raised, unknown
from ops.monitor.summary import Cell, Table, summary
from ops.monitor.uptime import Uptime

WATCH_SECONDS = 2.0


async def read_status(redis_url: str) -> Reading:
    """Return a reading; raise StoreUnavailable."""
    async with connect(redis_url) as redis:
        return await Gauges(redis).read()


async def watch_status(redis_url: str, *, as_json: bool) -> NoReturn:
    """Show the status again and again until Ctrl-C; a server that goes away is what it is there to show."""
    console, uptime = Console(), Uptime()
    async with connect(redis_url) as redis:
        gauges = Gauges(redis)

        async def found() -> tuple[Reading | None, Sequence[Raised], Sequence[str]]:
            try:
                reading = await gauges.read()
            except StoreUnavailable:
                reading = None
            uptime_ms = uptime.ms(reading)
            return reading, raised(reading, uptime_ms), unknown(reading, uptime_ms)

        if as_json:
            while True:
                console.out(status_json(*await found()))
                await asyncio.sleep(WATCH_SECONDS)
        with Live(status_tables(*await found()), console=console, auto_refresh=False) as live:
            while True:
                await asyncio.sleep(WATCH_SECONDS)
                live.update(status_tables(*await found()), refresh=True)


def status_tables(reading: Reading | None, alarms: Sequence[Raised], unsure: Sequence[str] = ()) -> RenderableType:
    """Return the status as tables, alarms first, then those that are `unsure`; without a reading there is no more."""
    shown: list[RenderableType] = []
    for alarm in alarms:
        shown += [Text(f"{alarm.name}: {alarm.told}", style="bold red"), Text(f"  {alarm.cure}")]
    if unsure:
        shown.append(Text(f"Nothing is known yet of {', '.join(unsure)}", style="yellow"))
    shown = shown or [Text("All is well", style="bold green")]
    if reading:
        moving, deliveries, enquiries, redis = map(_shown, summary(reading))
        # Beside each other where the window is wide enough, so that all of it is seen at once.
        shown += [Text(""), Columns([moving, Group(enquiries, redis)], padding=(0, 4)), Text(""), deliveries]
    return Group(*shown)


def _shown(table: Table) -> Shown:
    made = Shown(title=table.title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, show_edge=False)
    made.show_header = bool(table.head)
    for number, name in enumerate(table.head or [""] * 2):
        made.add_column(name, justify="right" if table.head and number else "left")
    for row in table.rows:
        made.add_row(*map(_text, row))
    return made


def _text(cell: Cell) -> Text:
    return Text(cell.text, style="bold red" if cell.bad else "")


def status_json(reading: Reading | None, alarms: Sequence[Raised], unsure: Sequence[str] = ()) -> str:
    """Return the status as one JSON object; without a reading it holds the alarm only, and what nobody knows."""
    told: dict[str, object] = {"alarms": {alarm.name: alarm.told for alarm in alarms}, "unknown": list(unsure)}
    return json.dumps(told | (_found(reading) if reading else {}), indent=2)


def _found(reading: Reading) -> dict[str, object]:
    standing: dict[str, dict[str, int]] = {}
    for (kind, where), number in sorted(reading.standing.items()):
        standing.setdefault(kind.value, {})[where] = number
    return {
        "hints": reading.hints,
        "deliveries": standing,
        "oldest_unsent_seconds": reading.unsent_ms / 1000,
        "canary_seconds": None if reading.canary_ms is None else reading.canary_ms / 1000,
        "intakes_seconds": [seen / 1000 for seen in reading.intakes_ms],
        "workers": [
            {"name": worker.name, "seen_seconds": worker.seen_ms / 1000, "settled": worker.settled}
            for worker in reading.workers
        ],
        "stranded": reading.stranded,
        "enquiries": dict(reading.views),
        "counts": dict(sorted(reading.counts.items())),
        "redis": {"version": reading.server.version, "faults": list(reading.server.faults)},
    }

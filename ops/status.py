"""The status on the command line: is it moving, what is stuck; as tables or as JSON."""

import json
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from clinic.store import Gauges, connect
from clinic.store.gauges import Reading
from ops.monitor.alarms import Raised
from ops.monitor.summary import summary


async def read_status(redis_url: str) -> Reading:
    """Return a reading; raise StoreUnavailable."""
    redis = connect(redis_url)
    try:
        return await Gauges(redis).read()
    finally:
        await redis.aclose()


def status_tables(reading: Reading, alarms: Sequence[Raised]) -> RenderableType:
    """Return the status as tables, alarms first."""
    shown: list[RenderableType] = [Text(f"{alarm.name}: {alarm.told}", style="bold red") for alarm in alarms] or [
        Text("All is well", style="green")
    ]
    for name, rows in summary(reading):
        table = Table(title=name, title_justify="left", show_header=False)
        for row in rows:
            table.add_row(row.name, row.value)
        shown.append(table)
    return Group(*shown)


def status_json(reading: Reading, alarms: Sequence[Raised]) -> str:
    """Return the status as one JSON object."""
    standing: dict[str, dict[str, int]] = {}
    for (kind, where), number in sorted(reading.standing.items()):
        standing.setdefault(kind.value, {})[where] = number
    return json.dumps(
        {
            "alarms": {alarm.name: alarm.told for alarm in alarms},
            "hints": reading.hints,
            "deliveries": standing,
            "oldest_unsent_seconds": reading.unsent_ms / 1000,
            "canary_seconds": None if reading.canary_ms is None else reading.canary_ms / 1000,
            "workers": [
                {"name": worker.name, "seen_seconds": worker.seen_ms / 1000, "settled": worker.settled}
                for worker in reading.workers
            ],
            "stranded": reading.stranded,
            "enquiries": dict(reading.views),
            "counts": dict(sorted(reading.counts.items())),
            "redis": {"version": reading.server.version, "faults": list(reading.server.faults)},
        },
        indent=2,
    )

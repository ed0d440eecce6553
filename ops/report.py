"""The report on the command line: as tables, or as CSV for a spreadsheet."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from rich.console import Group
from rich.table import Table

from clinic.facts import ClinicFacts
from clinic.records import Records
from clinic.report import Line, Report, read_cases, report_of, since
from clinic.seal import Seal
from clinic.settings import Settings
from clinic.store import Files, Store, connect

COLUMNS = ("received", "answered in time", "of those due", "percent", "median open minutes")


async def read_report(settings: Settings, facts: ClinicFacts, now: datetime) -> Report:
    """Return the report of the last weeks; raise StoreUnavailable."""
    zone = facts.schedule().timezone
    async with connect(settings.redis_url.get_secret_value()) as redis:
        records = Records(Store(redis), Seal(settings.secrets), facts)
        return report_of(await read_cases(Files(redis), records, since(now, zone)), now, zone)


def report_tables(report: Report) -> Group:
    """Return the report as two tables."""
    return Group(_table("week from", report.weeks), _table("condition", report.conditions))


def report_csv(report: Report) -> str:
    """Return the report as CSV (RFC 4180), its first column saying what a line is about."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("by", "name", *COLUMNS))
    for by, lines in (("week", report.weeks), ("condition", report.conditions)):
        writer.writerows((by, *_cells(line)) for line in lines)
    return out.getvalue()


def _table(title: str, lines: Sequence[Line]) -> Table:
    table = Table(title, *COLUMNS)
    for line in lines:
        table.add_row(*map(str, _cells(line)))
    return table


def _cells(line: Line) -> tuple[str | int, ...]:
    percent = "" if line.percent is None else line.percent
    minutes = "" if line.median_minutes is None else line.median_minutes
    return line.name, line.received, line.in_time, line.judged, percent, minutes

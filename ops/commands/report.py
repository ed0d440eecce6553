"""The report: how the promise was kept."""

from typing import Annotated

import typer

from clinic.clock import WallClock
from clinic.settings import read_settings


def report(as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, for a spreadsheet.")] = False) -> None:
    """Show how the promise was kept in the last weeks: answered in time, and the median wait in open minutes."""
    import asyncio

    from rich.console import Console

    from clinic.facts import read_facts
    from ops.report import read_report, report_csv, report_tables

    settings = read_settings()
    facts = read_facts(settings.clinic_file)
    found = asyncio.run(read_report(settings, facts, WallClock().now()))
    if as_csv:
        typer.echo(report_csv(found), nl=False)
    else:
        Console().print(report_tables(found))

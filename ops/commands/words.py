"""What the clinic file says, before anybody reads it: every mail, and the opening hours."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from clinic.clock import WallClock
from clinic.errors import ConfigurationError
from clinic.settings import environment as given
from ops.environment import clinic_file


def preview(out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("data/preview")) -> None:
    """Write every mail in every state to files."""
    from clinic.facts import read_facts
    from ops.folder import usable
    from ops.preview import write_previews

    facts = read_facts(clinic_file(given()))
    with usable(f"--out: {out}", "name another folder"):
        written = write_previews(out, facts)
    typer.echo(f"Wrote {len(written)} files: start with {out / 'index.html'}")


def hours(
    at: Annotated[
        str, typer.Option(help="An instant, such as 2026-12-24T19:30, on the clinic's clock unless it has an offset.")
    ] = "",
    site: Annotated[str, typer.Option(help="A site's slug.")] = "",
) -> None:
    """Show what the clinic file says about opening hours: the next 14 days and the next closures."""
    from rich.console import Console

    from clinic.facts import read_facts
    from clinic.hours import HoursError
    from ops.hours import hours_table

    facts = read_facts(clinic_file(given()))
    if site and facts.site_name(site) is None:
        raise ConfigurationError([f"--site: the clinic file has no site {site!r}: choose one of its [[site]] slugs"])
    schedule = facts.schedule(site)
    try:
        instant = datetime.fromisoformat(at) if at else WallClock().now()
    except ValueError:
        raise ConfigurationError([f"--at: {at!r} is no instant: write it like 2026-12-24T19:30"]) from None
    try:
        table = hours_table(schedule, instant if instant.tzinfo else instant.replace(tzinfo=schedule.timezone))
    except HoursError as error:
        raise ConfigurationError([f"opening_hours: {error}"]) from None
    Console().print(table)

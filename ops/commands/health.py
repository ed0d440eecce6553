"""Whether it is well: what moves and what is stuck, and what it depends on."""

from typing import Annotated

import typer

from clinic.clock import WallClock
from clinic.settings import read_settings


def status(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and look again every two seconds.")] = False,
) -> None:
    """Show whether it moves and what is stuck; exit 1 while an alarm holds."""
    import asyncio

    from rich.console import Console

    from clinic.errors import StoreUnavailable
    from ops.monitor.alarms import raised, unknown
    from ops.status import read_status, status_json, status_tables, watch_status

    url = read_settings().redis_url.get_secret_value()
    if watch:
        asyncio.run(watch_status(url, as_json=as_json))
    fault, reading = None, None
    try:
        reading = asyncio.run(read_status(url))
    except StoreUnavailable as error:
        fault = error
    alarms, unsure = raised(reading), unknown(reading)
    if as_json:
        typer.echo(status_json(reading, alarms, unsure))
    else:
        Console().print(status_tables(reading, alarms, unsure))
    if fault:
        raise fault
    raise typer.Exit(1 if alarms else 0)


def check() -> None:
    """Ask everything that the service depends on, and say what to do about each fault; exit 1 for any."""
    import asyncio

    from rich.console import Console

    from ops.check import check as look

    async def tell() -> bool:
        well = True
        marks = {True: "[green]ok[/]  ", None: "[yellow]hint[/]", False: "[red]bad[/] "}
        async for finding in look(read_settings(), WallClock()):
            well = well and finding.good is not False
            Console(highlight=False, soft_wrap=True).print(f"{marks[finding.good]} {finding.what}: ", end="")
            Console(highlight=False, soft_wrap=True, markup=False).print(finding.told)
        return well

    raise typer.Exit(0 if asyncio.run(tell()) else 1)

"""Deliveries that did not arrive: which, why, and the way on for each."""

from typing import Annotated

import typer

from clinic.settings import read_settings
from ops.commands.arguments import By, Yes, user

Which = Annotated[list[str], typer.Argument(metavar="WHICH", help="A reference, however it is typed, or `all`.")]


def deliveries(
    view: Annotated[str, typer.Argument(help="failed, in-doubt or waiting.")] = "failed",
) -> None:
    """Show the deliveries that failed, are in doubt or wait, each with its cause and age."""
    import asyncio

    from rich.console import Console

    from ops.deliveries import deliveries_tables

    Console().print(asyncio.run(deliveries_tables(read_settings().redis_url.get_secret_value(), view)))


def replay(which: Which, yes: Yes = False, by: By = "") -> None:
    """Send once more what failed or is in doubt; nobody is chased who has been contacted."""
    _see_to("replay", " ".join(which), yes=yes, by=by)


def resolve(which: Which, yes: Yes = False, by: By = "") -> None:
    """Take off the list what failed or is in doubt, because somebody saw to it otherwise."""
    _see_to("resolve", " ".join(which), yes=yes, by=by)


def _see_to(act: str, which: str, *, yes: bool, by: str) -> None:
    import asyncio

    from ops.deliveries import failed_of, see_to, shown

    settings = read_settings()
    found = asyncio.run(failed_of(settings, which))
    for reference, name, cause in found:
        typer.echo(f"{shown(reference)} {name} ({cause})")
    if not yes:
        typer.confirm(f"{act.capitalize()} {'these' if len(found) > 1 else 'it'}?", abort=True)
    done, moot = asyncio.run(see_to(settings, found, act, by or user()))
    told = f"{done} of {len(found)} {'are due now' if act == 'replay' else 'are off the list'}"
    typer.echo(f"{told}; {moot} off the list: nobody is chased who has been contacted" if moot else told)

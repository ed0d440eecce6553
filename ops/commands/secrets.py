"""Secrets: those of a new machine, of an account at the desk, and a new one in the place of an old."""

from pathlib import Path
from typing import Annotated

import typer

from clinic.settings import read_settings


def rotate_secret() -> None:
    """Seal every record anew with FRONTDESK_SECRET; then those of FRONTDESK_OLD_SECRETS can go."""
    import asyncio

    from ops.rotation import rotate

    sealed, broken = asyncio.run(rotate(read_settings()))
    typer.echo(f"{sealed} sealed anew" + (f", {broken} that no secret opens: find theirs" if broken else ""))
    raise typer.Exit(1 if broken else 0)


def make_secrets(
    folder: Annotated[Path, typer.Argument(help="A folder for them, which only its owner may read.")] = Path("secrets"),
    host: Annotated[str, typer.Option(help="The host of Redis, as the service reaches it.")] = "valkey",
) -> None:
    """Make the secrets of a machine: the sealing secret, and a Redis user for each role with its address."""
    from ops.folder import usable
    from ops.roles import write_secrets

    with usable(str(folder), "name another folder"):
        written = write_secrets(folder, host)
    for file in written:
        typer.echo(str(file))


def desk_password(
    name: Annotated[str, typer.Argument(help="Who signs in.")],
    password: Annotated[str | None, typer.Option(help="Asked for if left out.")] = None,
) -> None:
    """Print the line for an account of the desk, to be put into the file that DESK_USERS names."""
    from intake.desk.accounts import account_line

    # On standard error, for the output is what goes into the file.
    if password is None:
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    typer.echo(account_line(name, password))

"""Backup: every enquiry in a file, and back into an empty server."""

from pathlib import Path
from typing import Annotated

import typer

from clinic.errors import ConfigurationError
from clinic.settings import read_settings


def backup(file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")]) -> None:
    """Write every enquiry to a file; they stay sealed in it, so keep the secret apart from it."""
    import asyncio

    from ops.backup import backup as write

    if file.exists():
        raise ConfigurationError([f"{file} is there already: name another file"])
    typer.echo(f"{asyncio.run(write(read_settings().redis_url.get_secret_value(), file))} keys in {file}")


def restore(file: Annotated[Path, typer.Argument(help="A file that `frontdesk backup` wrote.")]) -> None:
    """Put a backup into an empty Redis; what was due is due again."""
    import asyncio

    from ops.backup import restore as read

    count = asyncio.run(read(read_settings().redis_url.get_secret_value(), file))
    typer.echo(f"{count} keys restored")

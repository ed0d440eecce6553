"""Backup: every enquiry in a file, and back into an empty server."""

from pathlib import Path
from typing import Annotated

import typer

from clinic.errors import ConfigurationError
from clinic.reference import spaced
from clinic.settings import read_settings

MISSING = "Not in it, for they came while it was taken; their patients wait, so look for the alerts in the mailbox"
ANEW = "In it without their mails; an alert and a confirmation are due now, unless they are too old"
UNLISTED = (
    "In it, but on no list; they stand at the desk now as overdue. Erase again whom you erased while it was taken"
)


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

    count, mended = asyncio.run(read(read_settings().redis_url.get_secret_value(), file))
    typer.echo(f"{count} keys restored, {mended.put_back} deliveries put back into the diary")
    for references, what in (
        (mended.missing, MISSING),
        (mended.anew, ANEW),
        (mended.unlisted, UNLISTED),
    ):
        if references:
            typer.echo(f"{what}: {', '.join(spaced(reference) for reference in sorted(references))}")

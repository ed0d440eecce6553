"""What a person may ask for, and what time does by itself: to see what is kept, and to have it forgotten."""

import typer

from clinic.settings import read_settings
from ops.commands.arguments import By, Reference, Yes, user


def export(reference: Reference) -> None:
    """Print all that is kept of one enquiry, as JSON, for the person who asks for it."""
    import asyncio

    from ops.person import export as read

    typer.echo(asyncio.run(read(read_settings(), " ".join(reference))))


def erase(reference: Reference, yes: Yes = False, by: By = "") -> None:
    """Forget what a patient wrote, stop its mails, and have it off the disk."""
    import asyncio

    from ops.person import erase as forget
    from ops.reference import typed_reference

    typed = " ".join(reference)
    typed_reference(typed)
    if not yes:
        typer.confirm("Erase it? That can't be undone.", abort=True)
    typer.echo(asyncio.run(forget(read_settings(), typed, by or user())))


def purge(yes: Yes = False) -> None:
    """Forget now what is older than RETENTION_DAYS; workers do it every minute."""
    import asyncio

    from clinic.facts import read_facts
    from clinic.retention import Retention
    from clinic.store import Purging, Rewriting, connect

    settings = read_settings()
    if not yes:
        typer.confirm(f"Forget what was over {settings.retention_days} days ago?", abort=True)

    async def forget() -> int:
        async with connect(settings.redis_url.get_secret_value()) as redis:
            facts = read_facts(settings.clinic_file)
            return await Retention(Purging(redis), Rewriting(redis), settings.retention_days, facts).purge()

    typer.echo(f"{asyncio.run(forget())} forgotten")

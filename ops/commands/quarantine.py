"""The quarantine: what was set aside, and the way back."""

import typer

from clinic.settings import read_settings
from ops.commands.arguments import By, Reference, user


def quarantine() -> None:
    """Show the enquiries that were set aside because they look like spam."""
    import asyncio

    from rich.console import Console

    from clinic.facts import read_facts
    from ops.quarantine import quarantine_table

    settings = read_settings()
    facts = read_facts(settings.clinic_file)
    Console().print(asyncio.run(quarantine_table(settings.redis_url.get_secret_value(), facts)))


def release(reference: Reference, by: By = "") -> None:
    """Send the mails of an enquiry that was set aside and is a patient's after all."""
    import asyncio

    from ops.quarantine import release as send

    typer.echo(asyncio.run(send(read_settings(), " ".join(reference), by or user())))

"""The command line: `frontdesk` and its commands."""

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from clinic.clock import WallClock
from clinic.errors import ConfigurationError, StoreUnavailable
from clinic.settings import environment as given
from clinic.settings import read_settings
from ops.environment import clinic_file

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Takes a clinic's appointment enquiries, answers each patient at once, and never loses one.",
)

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the form; 0 takes a free one.")]
InboxPort = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the mail catcher's inbox.")]
SmtpPort = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the mail catcher's SMTP.")]
WebsitePort = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the demo's website.")]
Data = Annotated[Path, typer.Option(help="Folder that keeps enquiries, mails and the secret between runs.")]


@app.command()
def demo(
    port: Port = None,
    inbox_port: InboxPort = None,
    smtp_port: SmtpPort = None,
    website_port: WebsitePort = None,
    data: Data = Path("data/demo"),
    once: Annotated[bool, typer.Option("--once", help="Stop after the sample; exit 1 if a mail is missing.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what earlier runs kept.")] = False,
) -> None:
    """Try everything on this machine: a sample enquiry goes in, two mails come out."""
    from ops.demo import demo as run
    from ops.folder import Folder
    from ops.house import Ports

    raise typer.Exit(run(Folder(data), Ports(port, inbox_port, smtp_port, website_port), once=once, fresh=fresh))


@app.command()
def up(
    port: Port = None, inbox_port: InboxPort = None, smtp_port: SmtpPort = None, data: Data = Path("data/up")
) -> None:
    """Run everything on this machine for real, with the mail relay of SMTP_URL.

    A port of the mail catcher starts it beside the rest, for a rehearsal; mails still go where SMTP_URL says.
    """
    from ops.demo import up as run
    from ops.folder import Folder
    from ops.house import Ports

    raise typer.Exit(run(Folder(data), Ports(port, inbox_port, smtp_port)))


@app.command()
def intake() -> None:
    """Run one intake process."""
    from intake.serve import serve

    serve(read_settings())


@app.command()
def worker() -> None:
    """Run one worker process."""
    from workers.main import run

    raise typer.Exit(run(read_settings()))


@app.command()
def catcher(
    smtp_port: SmtpPort = 1025,
    inbox_port: InboxPort = 8025,
    data: Annotated[Path, typer.Option(help="Folder that keeps the mails between runs.")] = Path("data/mail"),
    host: Annotated[str, typer.Option(help="Address to listen on; whoever reaches it reads every mail.")] = "127.0.0.1",
) -> None:
    """Run the mail catcher: takes every mail, delivers none, shows them in a web inbox."""
    try:
        from ops.catcher.serve import catch
    except ModuleNotFoundError as error:
        fault = f"the mail catcher needs {error.name}: install it with `pip install 'frontdesk[demo]'`"
        raise ConfigurationError([fault]) from None

    catch(host, smtp_port or 0, inbox_port or 0, data)


@app.command()
def website(
    intake: Annotated[str, typer.Option(help="Address of the form.")] = "http://127.0.0.1:8000",
    website_port: WebsitePort = 8090,
) -> None:
    """Run the demo's website: a clinic's pages with the form in them, in each of the three ways."""
    from clinic.facts import read_facts
    from ops.website.serve import serve

    serve("127.0.0.1", website_port or 0, read_facts(clinic_file(given())), intake.rstrip("/"))


@app.command()
def preview(out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("data/preview")) -> None:
    """Write every mail in every state to files."""
    from clinic.facts import read_facts
    from ops.preview import write_previews

    written = write_previews(out, read_facts(clinic_file(given())))
    typer.echo(f"Wrote {len(written)} files: start with {out / 'index.html'}")


@app.command()
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


@app.command()
def quarantine() -> None:
    """Show the enquiries that were set aside because they look like no patient's."""
    import asyncio

    from rich.console import Console

    from clinic.facts import read_facts
    from ops.quarantine import quarantine_table

    settings = read_settings()
    facts = read_facts(settings.clinic_file)
    Console().print(asyncio.run(quarantine_table(settings.redis_url.get_secret_value(), facts)))


@app.command()
def release(reference: Annotated[str, typer.Argument(help="The reference of an enquiry that was set aside.")]) -> None:
    """Send the mails of an enquiry that was set aside and is a patient's after all."""
    import asyncio

    from ops.quarantine import release as send

    typer.echo(asyncio.run(send(read_settings().redis_url.get_secret_value(), reference)))


@app.command()
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


@app.command(name="desk-password")
def desk_password(
    name: Annotated[str, typer.Argument(help="Who signs in.")],
    password: Annotated[
        str,
        typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, help="Asked for if left out."),
    ],
) -> None:
    """Print the line for an account of the desk, to be put into the file that DESK_USERS names."""
    from intake.desk.accounts import account_line

    typer.echo(account_line(name, password))


def main() -> None:
    """Run a command; faults of the configuration are lines, and exit code 78 (EX_CONFIG of sysexits)."""
    try:
        app()
    except ConfigurationError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)  # noqa: T201 - the answer of a command line
        sys.exit(os.EX_CONFIG)
    except StoreUnavailable as error:
        print(f"REDIS_URL: the server does not answer: {error}", file=sys.stderr)  # noqa: T201 - as above
        sys.exit(os.EX_TEMPFAIL)

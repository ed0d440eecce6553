"""The command line: `frontdesk` and its commands."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from clinic.clock import WallClock
from clinic.errors import ConfigurationError
from clinic.settings import environment as given
from clinic.settings import read_settings
from ops import start
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
MonitorPort = Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the monitor.")]
Reference = Annotated[str, typer.Argument(help="The reference of an enquiry, however it is typed.")]
Which = Annotated[str, typer.Argument(help="A reference, or `all`.")]
Yes = Annotated[bool, typer.Option("--yes", help="Don't ask.")]
By = Annotated[str, typer.Option(help="Who does it, for the audit trail; you, where it is left out.")]
Data = Annotated[Path, typer.Option(help="Folder that keeps enquiries, mails and the secret between runs.")]


@app.command()
def demo(
    port: Port = None,
    inbox_port: InboxPort = None,
    smtp_port: SmtpPort = None,
    website_port: WebsitePort = None,
    monitor_port: MonitorPort = None,
    data: Data = Path("data/demo"),
    once: Annotated[bool, typer.Option("--once", help="Stop after the sample; exit 1 if a mail is missing.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what earlier runs kept.")] = False,
) -> None:
    """Try everything on this machine: a sample enquiry goes in, two mails come out."""
    from ops.demo import demo as run
    from ops.folder import Folder
    from ops.house import Ports

    ports = Ports(port, inbox_port, smtp_port, website_port, monitor_port)
    raise typer.Exit(run(Folder(data), ports, once=once, fresh=fresh))


@app.command()
def up(
    port: Port = None,
    inbox_port: InboxPort = None,
    smtp_port: SmtpPort = None,
    monitor_port: MonitorPort = None,
    data: Data = Path("data/up"),
) -> None:
    """Run everything on this machine for real, with the mail relay of SMTP_URL.

    A port of the mail catcher starts it beside the rest, for a rehearsal; mails still go where SMTP_URL says.
    """
    from ops.demo import up as run
    from ops.folder import Folder
    from ops.house import Ports

    raise typer.Exit(run(Folder(data), Ports(port, inbox_port, smtp_port, monitor=monitor_port)))


@app.command()
def intake() -> None:
    """Run one intake process."""
    start.intake()


@app.command()
def worker() -> None:
    """Run one worker process."""
    raise typer.Exit(start.worker())


@app.command()
def monitor() -> None:
    """Run the monitor: metrics for scrapers, a page for people, and alarms that ride on no mail."""
    from ops.monitor.serve import serve

    serve(read_settings())


@app.command()
def flower() -> None:
    """Run Flower over Celery's queue: read-only, behind FLOWER_LOGIN; it shows references only."""
    from ops.flower import run

    run(read_settings())


@app.command()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and look again every two seconds.")] = False,
) -> None:
    """Show whether it moves and what is stuck; exit 1 while an alarm holds."""
    import asyncio
    import time

    from rich.console import Console
    from rich.live import Live

    from ops.monitor.alarms import raised
    from ops.status import read_status, status_json, status_tables

    url = read_settings().redis_url.get_secret_value()
    reading = asyncio.run(read_status(url))
    alarms = raised(reading)
    if as_json:
        typer.echo(status_json(reading, alarms))
    elif watch:
        with Live(status_tables(reading, alarms), console=Console()) as live:
            while True:
                time.sleep(2)
                reading = asyncio.run(read_status(url))
                live.update(status_tables(reading, raised(reading)))
    else:
        Console().print(status_tables(reading, alarms))
    raise typer.Exit(1 if alarms else 0)


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


@app.command()
def deliveries(
    view: Annotated[str, typer.Argument(help="failed, in-doubt or waiting.")] = "failed",
) -> None:
    """Show the deliveries that failed, are in doubt or wait, each with its cause and age."""
    import asyncio

    from rich.console import Console

    from ops.deliveries import deliveries_table

    Console().print(asyncio.run(deliveries_table(read_settings().redis_url.get_secret_value(), view)))


@app.command()
def replay(which: Which, yes: Yes = False, by: By = "") -> None:
    """Send once more what failed or is in doubt."""
    _see_to("replay", which, yes=yes, by=by)


@app.command()
def resolve(which: Which, yes: Yes = False, by: By = "") -> None:
    """Take off the list what failed or is in doubt, because somebody saw to it otherwise."""
    _see_to("resolve", which, yes=yes, by=by)


def _see_to(act: str, which: str, *, yes: bool, by: str) -> None:
    import asyncio

    from ops.deliveries import failed_of, see_to, shown

    settings = read_settings()
    found = asyncio.run(failed_of(settings, which))
    for reference, name, cause in found:
        typer.echo(f"{shown(reference)} {name} ({cause})")
    if not yes:
        typer.confirm(f"{act.capitalize()} {'these' if len(found) > 1 else 'it'}?", abort=True)
    done = asyncio.run(see_to(settings, found, act, by or _user()))
    typer.echo(f"{done} of {len(found)} {'are due now' if act == 'replay' else 'are off the list'}")


@app.command()
def export(reference: Reference) -> None:
    """Print all that is kept of one enquiry, as JSON, for the person who asks for it."""
    import asyncio

    from ops.person import export as read

    typer.echo(asyncio.run(read(read_settings(), reference)))


@app.command()
def erase(reference: Reference, yes: Yes = False, by: By = "") -> None:
    """Forget what a patient wrote, stop its mails, and have it off the disk."""
    import asyncio

    from ops.person import checked
    from ops.person import erase as forget

    checked(reference)
    if not yes:
        typer.confirm("Erase it? That can't be undone.", abort=True)
    typer.echo(asyncio.run(forget(read_settings(), reference, by or _user())))


@app.command()
def purge(yes: Yes = False) -> None:
    """Forget now what is older than RETENTION_DAYS; workers do it every minute."""
    import asyncio

    from clinic.retention import Retention
    from clinic.store import Staff, connect

    settings = read_settings()
    if not yes:
        typer.confirm(f"Forget what was over {settings.retention_days} days ago?", abort=True)

    async def forget() -> int:
        redis = connect(settings.redis_url.get_secret_value())
        try:
            return await Retention(Staff(redis), WallClock(), settings.retention_days).purge()
        finally:
            await redis.aclose()

    typer.echo(f"{asyncio.run(forget())} forgotten")


@app.command(name="rotate-secret")
def rotate_secret() -> None:
    """Seal every record anew with FRONTDESK_SECRET; then those of FRONTDESK_OLD_SECRETS can go."""
    import asyncio

    from ops.rotation import rotate

    sealed, broken = asyncio.run(rotate(read_settings()))
    typer.echo(f"{sealed} sealed anew" + (f", {broken} that no secret opens: find theirs" if broken else ""))
    raise typer.Exit(1 if broken else 0)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")]) -> None:
    """Write every enquiry to a file; they stay sealed in it, so keep the secret apart from it."""
    import asyncio

    from ops.backup import backup as write

    if file.exists():
        raise ConfigurationError([f"{file} is there already: name another file"])
    typer.echo(f"{asyncio.run(write(read_settings().redis_url.get_secret_value(), file))} keys in {file}")


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `frontdesk backup` wrote.")]) -> None:
    """Put a backup into an empty Redis; what was due is due again."""
    import asyncio

    from ops.backup import restore as read

    count, due = asyncio.run(read(read_settings().redis_url.get_secret_value(), file))
    typer.echo(f"{count} keys restored, {due} deliveries put back into the diary")


@app.command()
def release(
    reference: Annotated[str, typer.Argument(help="The reference of an enquiry that was set aside.")], by: By = ""
) -> None:
    """Send the mails of an enquiry that was set aside and is a patient's after all."""
    import asyncio

    from ops.quarantine import release as send

    typer.echo(asyncio.run(send(read_settings(), reference, by or _user())))


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


@app.command(name="make-secrets")
def make_secrets(
    folder: Annotated[Path, typer.Argument(help="A folder for them, which only its owner may read.")] = Path("secrets"),
    host: Annotated[str, typer.Option(help="The host of Redis, as the service reaches it.")] = "valkey",
) -> None:
    """Make the secrets of a machine: the sealing secret, and a Redis user for each role with its address."""
    from ops.roles import write_secrets

    for file in write_secrets(folder, host):
        typer.echo(str(file))


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


def _user() -> str:
    import getpass

    return f"{getpass.getuser()} on the command line"

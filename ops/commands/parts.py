"""The parts of the house, each as a process of its own."""

from pathlib import Path
from typing import Annotated

import typer

from clinic.errors import ConfigurationError
from clinic.extras import to_install
from clinic.settings import environment as given
from clinic.settings import read_settings
from ops import serving
from ops.commands.arguments import InboxPort, SmtpPort, WebsitePort
from ops.environment import clinic_file


def intake() -> None:
    """Run one intake process."""
    serving.intake()


def worker() -> None:
    """Run one worker process."""
    raise typer.Exit(serving.worker())


def monitor() -> None:
    """Run the monitor: metrics for scrapers, a page for people, and alarms that ride on no mail."""
    from ops.monitor.serve import serve

    serve(read_settings())


def flower() -> None:
    """Run Flower over Celery's queue: read-only, behind FLOWER_LOGIN; it shows references only."""
    from ops.flower import run

    run(read_settings())


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
        fault = f"the mail catcher needs {error.name}: {to_install('demo')}"
        raise ConfigurationError([fault]) from None

    catch(host, smtp_port or 0, inbox_port or 0, data)


def website(
    intake: Annotated[str, typer.Option(help="Address of the form.")] = "http://127.0.0.1:8000",
    website_port: WebsitePort = 8090,
) -> None:
    """Run the demo's website: a clinic's pages with the form in them, in each of the three ways."""
    from clinic.facts import read_facts
    from ops.website.serve import serve

    serve("127.0.0.1", website_port or 0, read_facts(clinic_file(given())), intake.rstrip("/"))

"""The whole house on one machine: to try it, and to run it."""

from pathlib import Path
from typing import Annotated

import typer

from ops.commands.arguments import Data, InboxPort, MonitorPort, Port, SmtpPort, WebsitePort


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

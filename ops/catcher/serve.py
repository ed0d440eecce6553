"""Serving the catcher: both of its sides in one event loop, until told to stop."""

import asyncio
from pathlib import Path

from clinic.clock import WallClock
from ops.catcher.faults import Faults
from ops.catcher.inbox import inbox
from ops.catcher.mailbox import Mailbox
from ops.catcher.smtp import listen
from ops.folder import usable
from ops.ports import bound
from ops.web import Web


async def serve(host: str, smtp_port: int, inbox_port: int, folder: Path) -> None:
    """Catch mails into a folder until SIGINT or SIGTERM; raise ConfigurationError when a port is taken."""
    with bound(host, smtp_port, "--smtp-port") as smtp_socket, bound(host, inbox_port, "--inbox-port") as inbox_socket:
        with usable(f"--data: {folder}", "name another folder"):
            mailbox = Mailbox(folder, WallClock())
        faults = Faults()
        smtp = await listen(smtp_socket, mailbox, faults)
        try:
            await Web(inbox(mailbox, faults)).serve([inbox_socket])
        finally:
            smtp.close()


def catch(host: str, smtp_port: int, inbox_port: int, folder: Path) -> None:
    """Run the catcher in an event loop of its own."""
    asyncio.run(serve(host, smtp_port, inbox_port, folder))

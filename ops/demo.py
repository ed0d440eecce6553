"""`frontdesk demo` and `frontdesk up`: the whole service on this machine, until Ctrl-C."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from ops.folder import Folder
from ops.house import House, house
from ops.sample import send_sample
from ops.supervisor import PartFailed, Supervisor
from ops.voice import Voice

Purpose = Callable[[House, Callable[[str], None]], Awaitable[int | None]]


def demo(
    folder: Folder, *, port: int | None, inbox_port: int | None, smtp_port: int | None, once: bool, fresh: bool
) -> int:
    """Run everything with the mail catcher, post a sample enquiry, and stay (or, `once`, stop); return the exit code."""

    async def purpose(started: House, tell: Callable[[str], None]) -> int | None:
        _tell_where(started, tell)
        arrived = await send_sample(started, tell)
        if once:
            return 0 if arrived else 1
        tell("Write an enquiry of your own at the form, and watch the inbox. Ctrl-C stops everything.")
        return None

    with folder.held():
        if fresh:
            folder.forget()
        with house(folder, port=port, catcher=True, inbox_port=inbox_port, smtp_port=smtp_port) as built:
            return _run(built, purpose)


def up(folder: Folder, *, port: int | None) -> int:
    """Run everything with the relay of SMTP_URL until a signal; return the exit code."""

    async def purpose(started: House, tell: Callable[[str], None]) -> int | None:
        _tell_where(started, tell)
        tell(f"Enquiries, and the secret that opens them, are kept in {folder.path}: back both up, apart.")
        return None

    with folder.held(), house(folder, port=port, catcher=False) as built:
        return _run(built, purpose)


def _run(built: House, purpose: Purpose) -> int:
    voice = Voice(sys.stdout, [part.name for part in built.parts], colour=sys.stdout.isatty())
    supervisor = Supervisor(built.parts, voice)
    try:
        return asyncio.run(supervisor.run(lambda: purpose(built, voice.say)))
    except PartFailed as failed:
        voice.say(str(failed))
        return failed.code


def _tell_where(started: House, tell: Callable[[str], None]) -> None:
    tell(f"Form:  http://{started.intake[0]}:{started.intake[1]}/")
    if started.inbox is not None:
        tell(f"Inbox: http://{started.inbox[0]}:{started.inbox[1]}/")
    tell(f"Redis: {started.redis_url}")

"""`frontdesk demo` and `frontdesk up`: the whole service on this machine, until Ctrl-C."""

import asyncio
import sys
from collections.abc import Awaitable, Callable

from ops.folder import DESK_NAME, Folder
from ops.house import House, Ports, house
from ops.outlet import Outlet
from ops.ports import origin_of
from ops.sample import send_sample
from ops.supervisor import PartFailed, Supervisor
from ops.voice import Voice

Purpose = Callable[[House, Callable[[str], None]], Awaitable[int | None]]


def demo(folder: Folder, ports: Ports, *, once: bool, fresh: bool) -> int:
    """Run everything with the mail catcher, post a sample, and stay (`once`: stop); return the exit code."""

    async def purpose(started: House, tell: Callable[[str], None]) -> int | None:
        _tell_where(started, tell)
        if all(part.name != "valkey" for part in started.parts):
            tell("That Redis is yours (REDIS_URL): mails that are due in it go to the inbox here, and nowhere else.")
        arrived = await send_sample(started, tell)
        if once:
            return 0 if arrived else 1
        tell("Write an enquiry of your own at the form, and watch the inbox. Ctrl-C stops everything.")
        return None

    with folder.held():
        if fresh:
            folder.forget()
        with house(folder, ports, demo=True) as built:
            return _run(built, purpose)


def up(folder: Folder, ports: Ports) -> int:
    """Run everything with the relay of SMTP_URL until a signal; return the exit code."""

    async def purpose(started: House, tell: Callable[[str], None]) -> int | None:
        _tell_where(started, tell)
        tell(f"What this keeps is in {folder.path}: back it up, and a secret in it apart from the rest.")
        for warning in started.warnings:
            tell(warning)
        return None

    with folder.held(), house(folder, ports, demo=False) as built:
        return _run(built, purpose)


def _run(built: House, purpose: Purpose) -> int:
    with Outlet(sys.stdout) as outlet:
        voice = Voice(outlet, [part.name for part in built.parts], colour=sys.stdout.isatty())
        supervisor = Supervisor(built.parts, voice)
        try:
            return asyncio.run(supervisor.run(lambda: purpose(built, voice.say)))
        except PartFailed as failed:
            voice.say(str(failed))
            return failed.code


def _tell_where(started: House, tell: Callable[[str], None]) -> None:
    tell(f"Form:  {_page(started.intake)}")
    if started.inbox is not None:
        tell(f"Inbox: {_page(started.inbox)}")
    if started.website is not None:
        tell(f"Site:  {_page(started.website)} (stands for the clinic's own, with the form in it)")
    if started.desk:
        account = f" (sign in as {DESK_NAME}, password {started.desk_password})" if started.desk_password else ""
        tell(f"Desk:  {started.desk}{account}")
    tell(f"Ops:   {_page(started.monitor)} (and {_page(started.monitor)}metrics)")
    tell(f"Redis: {started.redis_url}")


def _page(address: tuple[str, int]) -> str:
    return origin_of(*address) + "/"

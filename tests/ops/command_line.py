"""The command line as staff have it, and a server of which a test knows what is in it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

from typer.testing import CliRunner, Result

from clinic.facts import ClinicFacts
from clinic.store import connect
from ops.cli import app
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client, Valkey

Found = TypeVar("Found")


def run(*words: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=answer)


def on_server(valkey: Valkey, what: Callable[[Client], Awaitable[Found]], *, empty: bool = False) -> Found:
    async def do() -> Found:
        redis: Client = connect(valkey.url)
        if empty:
            await redis.flushall()
        try:
            return await what(redis)
        finally:
            await redis.aclose()

    return asyncio.run(do())


def refused(valkey: Valkey, facts: ClinicFacts, *, relay_says: bytes | None = b"550 5.1.1 nobody\r\n") -> str:
    """Accept an enquiry whose confirmation the relay refuses, and return its reference."""

    async def accept(redis: Client) -> str:
        async with ScriptedRelay() as relay:
            if relay_says:
                relay.first("RCPT", 100, relay_says)
            service = Service(redis, facts, relay.url, SetClock(datetime.now(UTC)))
            reference = (await service.accept(7)).reference
            await service.work()
            await service.close()
        return reference

    return on_server(valkey, accept, empty=True)


def spaced(reference: str) -> str:
    return f"{reference[:4]} {reference[4:]}"

"""Probes: how to tell that a part is ready."""

import asyncio
from pathlib import Path

from ops.fetch import fetch
from ops.part import Probe, Spoken

PING_SECONDS = 1.0


def says(text: str) -> Probe:
    """Return a probe that waits for a line with this text in it."""

    async def ready(process: Spoken) -> bool:
        return any(text in line for line in process.lines)

    return ready


def answers(address: tuple[str, int], path: str) -> Probe:
    """Return a probe that waits for a 200 from a URL."""

    async def ready(_: Spoken) -> bool:
        try:
            return (await fetch(address, "GET", path)).status == 200
        except OSError:
            return False

    return ready


def pongs(path: Path) -> Probe:
    """Return a probe that waits until a Redis or Valkey behind a unix socket has loaded its data and answers PING."""

    async def ready(_: Spoken) -> bool:
        try:
            async with asyncio.timeout(PING_SECONDS):
                reader, writer = await asyncio.open_unix_connection(path)
                try:
                    writer.write(b"PING\r\n")
                    return await reader.readline() == b"+PONG\r\n"
                finally:
                    writer.close()
        except OSError:
            return False

    return ready

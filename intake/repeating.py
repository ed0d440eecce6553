"""Repeating: what an intake does every few seconds for as long as it serves, whatever became of the time before."""

import asyncio
from collections.abc import Awaitable, Callable

from clinic.errors import StoreUnavailable
from clinic.logs import logger

EVERY_SECONDS = 5.0


async def repeated(do: Callable[[], Awaitable[None]], failed: str, every: float = EVERY_SECONDS) -> None:
    """Do it for ever; while the store is away the log says that it `failed`, and it is done again."""
    while True:
        try:
            await do()
        except StoreUnavailable as fault:
            logger().warning(failed, fault=str(fault))
        await asyncio.sleep(every)

"""Presence: an intake says every few seconds that it is there, so that one that is gone is missed."""

import asyncio
from collections.abc import Awaitable, Callable

from clinic.errors import StoreUnavailable
from clinic.logs import logger

EVERY_SECONDS = 5.0


async def present(say: Callable[[], Awaitable[None]], every: float = EVERY_SECONDS) -> None:
    """Say so for ever; while the store is away there is nobody to hear it."""
    while True:
        try:
            await say()
        except StoreUnavailable as fault:
            logger().warning("presence_failed", fault=str(fault))
        await asyncio.sleep(every)

"""Durability: whether the server still keeps what it acknowledges, asked beside the serving: else we take nothing."""

import asyncio
from collections.abc import Awaitable, Callable

from clinic.errors import StoreUnavailable
from clinic.logs import logger
from clinic.store.reading import Server

EVERY_SECONDS = 2.0


class Durability:
    """What the last look found; no enquiry waits for one."""

    def __init__(self, look: Callable[[], Awaitable[Server]]) -> None:
        """Begin with a server that was found durable at the start."""
        self._look = look
        self._faults: tuple[str, ...] = ()

    def holds(self) -> bool:
        """Return whether the server keeps what it acknowledges, as far as we know."""
        return not self._faults

    async def watch(self, every: float = EVERY_SECONDS) -> None:
        """Look for ever; a server that does not answer has not said that it changed."""
        while True:
            await asyncio.sleep(every)
            try:
                faults = (await self._look()).faults
            except StoreUnavailable:
                continue
            if faults and faults != self._faults:
                logger().error("not_durable", fault="; ".join(faults), then="enquiries are refused")
            elif self._faults and not faults:
                logger().warning("durable_again", then="enquiries are taken")
            self._faults = faults

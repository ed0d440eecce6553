"""The dispatcher: a loop in every worker process, one leading at a time, that hints at whatever is due."""

import asyncio
from collections.abc import Awaitable, Callable

from clinic.errors import StoreUnavailable
from clinic.hint import hint_message
from clinic.logs import logger
from clinic.store import Store
from workers.watchdog import Watchdog

EVERY_SECONDS = 1.0


async def nothing() -> None:
    """Do nothing at an opening."""


class Dispatcher:
    """Hints at what is due and at rest; by that every lost message costs a second and no more."""

    def __init__(
        self,
        store: Store,
        process: str,
        watchdog: Watchdog,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        at_opening: Callable[[], Awaitable[None]] = nothing,
    ) -> None:
        """`process` names the holder of the lease, and is different for every process that ever ran.

        `at_opening` is asked at each turn of the one that leads.
        """
        self._at_opening = at_opening
        self._store = store
        self._process = process
        self._watchdog = watchdog
        self._pause = pause

    async def run(self) -> None:
        """Take turns for ever."""
        while True:
            try:
                await self.turn()
            except StoreUnavailable as fault:
                logger().warning("dispatch_failed", fault=str(fault))
            await self._pause(EVERY_SECONDS)

    async def turn(self) -> None:
        """Look once, and hint once at what is due when no hint is waiting; raise StoreUnavailable."""
        found = await self._store.dispatch(self._process)
        self._watchdog.observe(found.hints)
        if found.leading:
            await self._store.errands()
            await self._at_opening()
        if found.leading and found.due is not None and found.hints == 0:
            await self._store.hint(hint_message(found.due))

"""Readiness: whether this intake could take an enquiry now, for whoever sends visitors to it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from starlette.requests import Request

from clinic.clock import Clock
from clinic.logs import logger
from intake.answer import TEXT, Answer

# Returns what stands in the way, in words for the log, or nothing.
Ready = Callable[[], Awaitable[str]]
# Each look costs a synced write: however many probes ask, one a second is enough.
GOOD_FOR = timedelta(seconds=1)


async def always_ready() -> str:
    """Find nothing in the way."""
    return ""


class Readiness:
    """Asks at most once a second; what is wrong goes to the log, for the page is public."""

    def __init__(self, ready: Ready, clock: Clock) -> None:
        self._ready = ready
        self._clock = clock
        self._lock = asyncio.Lock()
        self._asked: datetime | None = None
        self._fault = ""

    async def answer(self, _request: Request) -> Answer:
        """Answer 200 when an enquiry could be taken, else 503."""
        async with self._lock:
            now = self._clock.now()
            if self._asked is None or not timedelta() <= now - self._asked < GOOD_FOR:
                self._fault = await self._ready()
                self._asked = now
        if self._fault:
            logger().warning("not_ready", fault=self._fault)
            return Answer(503, b"not ready", TEXT)
        return Answer(200, b"ready", TEXT)

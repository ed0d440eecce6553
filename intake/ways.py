"""Ways: what enquiries go by is used every few seconds, so that a dead connection is found before a patient comes."""

import asyncio
from collections.abc import Awaitable, Callable

from clinic.errors import StoreUnavailable
from clinic.logs import logger

# Whatever stands between may forget a connection that is quiet: a balancer after four minutes, say, and a firewall
# tells nobody. An enquiry that went by it would wait in vain.
EVERY_SECONDS = 5.0


async def kept_open(ping: Callable[[], Awaitable[None]], every: float = EVERY_SECONDS) -> None:
    """Ping for ever; what can't be reached is tried again."""
    while True:
        await asyncio.sleep(every)
        try:
            await ping()
        except StoreUnavailable as fault:
            logger().warning("ping_failed", fault=str(fault))

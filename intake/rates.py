"""The door to `limits`: how much may come from one side, counted in Redis under names that say nothing of anybody."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from limits import RateLimitItem, parse_many
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError

from clinic.errors import ConfigurationError
from clinic.logs import logger
from clinic.seal import Blinder


class Rates(Protocol):
    """Counts."""

    async def within(self, name: str, who: str) -> bool:
        """Count one, and return whether that is within the limit of this name."""


class RedisRates:
    """Counts over all intake processes together; a count that can't be had is within every limit."""

    def __init__(self, connection_pool: object, blinder: Blinder, limits: Mapping[str, str]) -> None:
        """Take the limits by their settings, such as {"limit_per_address": "5 per 10 minutes"}.

        Raises ConfigurationError for what is no limit.
        """
        options: dict[str, Any] = {"connection_pool": connection_pool}
        storage = RedisStorage(
            "async+redis://", wrap_exceptions=True, implementation="redispy", key_prefix="limits", **options
        )
        self._limiter = MovingWindowRateLimiter(storage)
        self._limits = {name: _parsed(name, limit) for name, limit in limits.items()}
        self._blinder = blinder

    async def within(self, name: str, who: str) -> bool:
        """Count one, and return whether that is within the limit of this name."""
        try:
            return await self._hit(name, who)
        except StorageError as fault:
            logger().warning("limit_not_counted", limit=name, fault=type(fault).__name__)
            return True

    async def _hit(self, name: str, who: str) -> bool:
        blinded = self._blinder.blind(f"{name} {who}".encode()).hex()
        # Each is counted, also where another is exceeded already: stopping there would depend on their order.
        hits = [await self._limiter.hit(limit, name, blinded) for limit in self._limits[name]]
        return all(hits)


def _parsed(name: str, limit: str) -> Sequence[RateLimitItem]:
    try:
        return parse_many(limit)
    except ValueError:
        example = '"5 per 10 minutes", or two as "1 per day; 3 per 30 days"'
        raise ConfigurationError([f"{name.upper()}: {limit!r} is no limit: write it like {example}"]) from None

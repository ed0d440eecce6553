"""Rates: how much may come from one side, counted in the store under names that say nothing of anybody."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from clinic.errors import ConfigurationError, StoreUnavailable
from clinic.imports import unopened
from clinic.logs import logger
from clinic.seal import Blinder
from clinic.store import Store
from clinic.store.words import side
from intake.limits import COUNTING_SECONDS

# The package would import every storage that it can count in; ours is the store.
with unopened("limits"):
    from limits.util import parse_many

# A limit's name, and who is counted under it.
Side = tuple[str, str]


class Rates(Protocol):
    """Names sides, and counts those for which nothing else has to be stored."""

    def side(self, stage: int, limit: str, who: str) -> bytes:
        """Return a side as the store counts it together with an enquiry."""

    async def within(self, sides: Sequence[Side]) -> bool:
        """Count one from every side, and return whether all are within their limits."""


class StoreRates:
    """Counts over all intake processes together; a count that can't be had in time is within every limit."""

    def __init__(
        self, store: Store, blinder: Blinder, limits: Mapping[str, str], seconds: float = COUNTING_SECONDS
    ) -> None:
        """Take the limits by their settings, such as {"limit_per_address": "5 per 10 minutes"}.

        Counting may take so many seconds. Raises ConfigurationError for what is no limit.
        """
        self._store = store
        self._seconds = seconds
        self._windows = {name: windows(name, limit) for name, limit in limits.items()}
        self._blinder = blinder

    def side(self, stage: int, limit: str, who: str) -> bytes:
        """Return a side as the store counts it, under a name that says nothing of anybody."""
        return side(stage, self._blinder.blind(f"{limit} {who}".encode()), self._windows[limit])

    async def within(self, sides: Sequence[Side]) -> bool:
        """Count in one go: each trip to the store is synced to its disk."""
        try:
            return await self._store.count([self.side(0, *one) for one in sides], self._seconds)
        except StoreUnavailable as fault:
            logger().warning("limits_not_counted", fault=str(fault))
            return True


def windows(name: str, limit: str) -> bytes:
    """Return a limit as the store counts by it; raise ConfigurationError for what is none."""
    try:
        return " ".join(f"{one.amount} {one.get_expiry() * 1000}" for one in parse_many(limit)).encode()
    except ValueError:
        example = '"5 per 10 minutes", or two as "1 per day; 3 per 30 days"'
        raise ConfigurationError([f"{name.upper()}: {limit!r} is no limit: write it like {example}"]) from None

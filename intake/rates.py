"""Rates: how much may come from one side, counted in the store under names that say nothing of anybody."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from limits import RateLimitItem, parse_many

from clinic.errors import ConfigurationError, StoreUnavailable
from clinic.logs import logger
from clinic.seal import Blinder
from clinic.store import Store
from clinic.store.words import Count
from intake.limits import SCREENING_SECONDS

# A limit's name, and who is counted under it.
Side = tuple[str, str]


class Rates(Protocol):
    """Counts."""

    async def first_exceeded(self, stages: Sequence[Sequence[Side]]) -> str:
        """Count one under every limit of a stage, and go on to the next only while none is exceeded.

        Return the name of the first that is, or nothing.
        """


class StoreRates:
    """Counts over all intake processes together; a count that can't be had in time is within every limit."""

    def __init__(
        self, store: Store, blinder: Blinder, limits: Mapping[str, str], seconds: float = SCREENING_SECONDS
    ) -> None:
        """Take the limits by their settings, such as {"limit_per_address": "5 per 10 minutes"}.

        Counting may take so many seconds. Raises ConfigurationError for what is no limit.
        """
        self._store = store
        self._seconds = seconds
        self._limits = {name: _parsed(name, limit) for name, limit in limits.items()}
        self._blinder = blinder

    async def first_exceeded(self, stages: Sequence[Sequence[Side]]) -> str:
        """Count in one go: each trip to the store is synced to its disk."""
        sides = [(stage, *side) for stage, together in enumerate(stages) for side in together]
        counts = [
            (name, Count(stage, f"{blinded}:{number}", limit.amount, limit.get_expiry() * 1000))
            for stage, name, who in sides
            for blinded in [self._blinder.blind(f"{name} {who}".encode()).hex()]
            for number, limit in enumerate(self._limits[name])
        ]
        if not counts:
            return ""
        try:
            found = await self._store.count([count for _, count in counts], self._seconds)
        except StoreUnavailable as fault:
            logger().warning("limits_not_counted", fault=str(fault))
            return ""
        return "" if found is None else counts[found][0]


def _parsed(name: str, limit: str) -> Sequence[RateLimitItem]:
    try:
        return parse_many(limit)
    except ValueError:
        example = '"5 per 10 minutes", or two as "1 per day; 3 per 30 days"'
        raise ConfigurationError([f"{name.upper()}: {limit!r} is no limit: write it like {example}"]) from None

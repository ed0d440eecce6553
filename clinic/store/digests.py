"""The store as it is told of digests that nobody who wrote is on."""

from collections.abc import Iterable
from typing import cast

from redis.asyncio import Redis

from clinic.delivery import DeliveryName
from clinic.store import keys
from clinic.store.connect import in_our_words
from clinic.store.store import SCRIPTS, start_of
from clinic.store.words import NewDigest


class Digests:
    """Makes digests; every verb raises StoreUnavailable."""

    def __init__(self, redis: Redis) -> None:
        self._digest = redis.register_script((SCRIPTS / "digest.lua").read_text(encoding="utf-8"))

    async def make(self, new: NewDigest) -> bool:
        """Have a digest due, whoever is on it; False where it is, or was, there already."""
        names = [keys.DELIVERIES + new.reference, keys.DIARY]
        with in_our_words():
            made = await self._digest(keys=names, args=[new.reference, new.due_ms, lanes_of(new.deliveries)])
        return cast(int, made) > 0


def lanes_of(names: Iterable[DeliveryName]) -> str:
    """Return deliveries as a script takes them in one argument: each name and where its lane begins."""
    return " ".join(f"{name} {start_of(name.lane)}" for name in names)

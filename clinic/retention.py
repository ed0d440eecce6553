"""Retention: what is over is forgotten after so many days, and nothing that still has to be sent or seen to."""

from datetime import timedelta

from clinic.clock import Clock, milliseconds
from clinic.store import Staff

# In one go; the next goes on where this one stopped.
AT_MOST = 500


class Retention:
    """Forgets; raises StoreUnavailable."""

    def __init__(self, store: Staff, clock: Clock, days: int) -> None:
        """Keep an enquiry for `days` after its patient was contacted, or after it was set aside."""
        self._store = store
        self._clock = clock
        self._kept = timedelta(days=days)

    async def purge(self) -> int:
        """Forget what is over and return how many enquiries that were; have it off the disk as well."""
        before_ms = milliseconds(self._clock.now() - self._kept)
        gone = 0
        for reference in await self._store.purgeable(before_ms, AT_MOST):
            gone += await self._store.purge(reference, before_ms)
        await self._store.purge_digests(before_ms)
        await self._store.rewrite()
        return gone

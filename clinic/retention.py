"""Retention: what is over is forgotten after so many days, and nothing that still has to be sent or seen to."""

from datetime import timedelta

from clinic.store import Purging, Rewriting

# So many of each, those that were contacted and those that were set aside, are looked at in one go.
AT_MOST = 2000


class Retention:
    """Forgets; raises StoreUnavailable."""

    def __init__(self, purging: Purging, rewriting: Rewriting, days: int) -> None:
        """Keep an enquiry for `days` after its patient was contacted, or after it was set aside.

        The store's clock counts them, as it dated both.
        """
        self._purging = purging
        self._rewriting = rewriting
        self._kept_ms = timedelta(days=days) // timedelta(milliseconds=1)

    async def purge(self) -> int:
        """Forget what is over and return how many enquiries that were; have it off the disk as well."""
        gone = await self._purging.enquiries(self._kept_ms, AT_MOST)
        await self._purging.digests(self._kept_ms)
        await self._rewriting.rewrite()
        return gone

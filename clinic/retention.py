"""Retention: what is over is forgotten after so many days, and nothing that still has to be sent or seen to."""

from datetime import datetime, timedelta

from clinic.clock import instant, milliseconds
from clinic.digest import LOOKED_BACK, told_before
from clinic.facts import ClinicFacts
from clinic.hours import HoursError
from clinic.store import Purging, Rewriting

# So many of each, those that were contacted and those that were set aside, are looked at in one go.
AT_MOST = 2000


class Retention:
    """Forgets; raises StoreUnavailable."""

    def __init__(self, purging: Purging, rewriting: Rewriting, days: int, facts: ClinicFacts | None = None) -> None:
        """Keep an enquiry for `days` after its patient was contacted, or after it was set aside.

        The store's clock counts them, as it dated both. With the facts of a clinic whose digests tell of what was set
        aside, that is kept from the opening on at which reception was told.
        """
        self._schedule = facts.schedule() if facts and facts.alerts.digest else None
        self._purging = purging
        self._rewriting = rewriting
        self._kept_ms = timedelta(days=days) // timedelta(milliseconds=1)

    async def purge(self) -> int:
        """Forget what is over and return how many enquiries that were; have it off the disk as well."""
        kept_since = instant(await self._purging.now_ms() - self._kept_ms)
        gone = await self._purging.enquiries(self._kept_ms, AT_MOST, milliseconds(self._told_by(kept_since)))
        await self._purging.digests(self._kept_ms)
        await self._rewriting.rewrite()
        return gone

    def _told_by(self, at: datetime) -> datetime:
        """Return until when came what was set aside and reception was told of by then."""
        if self._schedule is None:
            return at
        try:
            return told_before(self._schedule, at)
        except HoursError:
            return at - LOOKED_BACK

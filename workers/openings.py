"""Openings: a digest goes at each where something waits for reception, though nobody wrote while it was closed.

Where a clinic has been open for a day, the morning is taken for one.
"""

from datetime import datetime, timedelta

from clinic.clock import Clock, milliseconds
from clinic.delivery import Kind
from clinic.digest import AFTER_OPENING, digest_reference, told_before
from clinic.facts import ClinicFacts
from clinic.hours import HoursError
from clinic.logs import logger
from clinic.plan import to_reception
from clinic.store import Files, Store
from clinic.store.words import NewDigest

# Whoever begins to lead so long after an opening still sees to its digest. Shorter than any break at noon.
MISSED_BY_AT_MOST = timedelta(minutes=15)
MOMENT = timedelta(microseconds=1)


class Openings:
    """Sees to the opening that has just been; to be asked again and again, by whoever leads."""

    def __init__(self, facts: ClinicFacts, files: Files, store: Store, clock: Clock) -> None:
        """Take the openings of the clinic as a whole: what waits is for all of reception."""
        self._facts = facts
        self._schedule = facts.schedule()
        self._files = files
        self._store = store
        self._clock = clock
        self._seen_to: datetime | None = None

    async def turn(self) -> None:
        """Have a digest due if the clinic has just opened and something waits; raise StoreUnavailable."""
        opening = self._just_opened(self._clock.now()) if self._facts.alerts.digest else None
        if opening is None or opening == self._seen_to:
            return
        if await self._something_waits(opening):
            due_ms = milliseconds(opening + AFTER_OPENING)
            new = NewDigest(digest_reference(opening), due_ms, to_reception(Kind.DIGEST, self._facts))
            if await self._store.make_digest(new):
                logger().info("digest_made", reference=new.reference)
        self._seen_to = opening

    def _just_opened(self, now: datetime) -> datetime | None:
        try:
            # Not before its time: until then those who wrote at the last moment may put themselves on it.
            opening = told_before(self._schedule, now - AFTER_OPENING + MOMENT)
        except HoursError:
            return None
        return opening if opening > now - MISSED_BY_AT_MOST else None

    async def _something_waits(self, opening: datetime) -> bool:
        now_ms, before_ms = (milliseconds(at) for at in (opening, told_before(self._schedule, opening)))
        quarantined, _ = await self._files.aside_since(before_ms, now_ms, 1)
        return bool(quarantined or await self._files.listed("overdue", now_ms, 1) or await self._files.undeliverable(1))

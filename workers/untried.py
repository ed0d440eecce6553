"""Untried: what is not tried at all, or not now, and how it is settled."""

from datetime import datetime, timedelta

from clinic.clock import Clock, instant, milliseconds
from clinic.delivery import State
from clinic.records import Subject
from clinic.store import Store
from clinic.store.words import Claim, Settlement
from workers.claimed import Digest
from workers.settling import ended


class Untried:
    """Judges each delivery before it is tried."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def end(self, claim: Claim, subject: Subject | Digest) -> Settlement | None:
        """Return how a delivery ends that is not to be tried, or not now; None for one that is."""
        if claim.doubts > claim.name.kind.doubts_at_most:
            return ended(claim, State.IN_DOUBT, "dot-killed", subject.facts)
        if isinstance(subject, Digest) and subject.nobody_left:
            return Settlement(claim, State.SUPPRESSED, "nobody-left", counted=False)
        if await self._too_old(claim, subject):
            return ended(claim, State.FAILED, "too-old", subject.facts)
        if isinstance(subject, Digest) and claim.name.recipient >= len(subject.facts.recipients(claim.name.kind)):
            # The clinic has fewer addresses since; whoever is left has a copy of their own.
            return Settlement(claim, State.SUPPRESSED, "no-recipient", counted=False)
        if wait_ms := self._closed_for(claim, subject):
            return Settlement(claim, State.DUE, "closed", delay_ms=wait_ms, counted=False)
        return None

    async def _too_old(self, claim: Claim, subject: Subject | Digest) -> bool:
        """Return whether its time is over: after the last retry, and for what an old backup brings back."""
        if claim.wanted:
            # Its time begins anew; tries say nothing of it, for in an outage one delivery tries the relay for all.
            since_ms = await self._store.failing_since(claim) if claim.attempts else None
            since = None if since_ms is None else instant(since_ms)
        else:
            since = _began(claim, subject)
        return since is not None and self._clock.now() - since > timedelta(seconds=claim.name.schedule.give_up_after)

    def _closed_for(self, claim: Claim, subject: Subject | Digest) -> int:
        """Return for how many ms a mail that chases has to wait: there is nobody to read it before the clinic opens.

        Judged now, unlike all that is promised: it is late already, or this instant lies in open hours.
        """
        if not claim.name.kind.chases or isinstance(subject, Digest):
            return 0
        now = self._clock.now()
        opening = subject.facts.schedule(subject.record.enquiry.site).next_opening(now) or now
        return milliseconds(opening) - milliseconds(now)


def _began(claim: Claim, subject: Subject | Digest) -> datetime:
    """Return when a delivery's time began: that of a mail that chases, with the opening after it.

    Else a closure of many days used it up, in which nobody is there to read it.
    """
    due = subject.first_due(claim.name)
    if not claim.name.kind.chases or isinstance(subject, Digest):
        return due
    schedule = subject.facts.schedule(subject.record.enquiry.site)
    return schedule.next_opening(schedule.closes_at(due) or due) or due

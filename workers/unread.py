"""Unread: how a delivery is settled that this process can't read, be it broken, or for another process to read."""

import random

from clinic.clock import Clock, milliseconds
from clinic.delivery import JITTER, State
from clinic.records import Unreadable
from clinic.store import Store
from clinic.store.words import Claim, Settlement
from workers.outcome import Outcome, Verdict
from workers.settling import ended, settle

# What is broken for everybody fails after so many tries.
READS_AT_MOST = 3
# What another process may read comes again after a part of the time that it has waited, in these bounds: soon enough
# for a rollout, and seldom where no process is left that can read it.
SOONEST_SECONDS, LATEST_SECONDS = 10, 300
WAITS = 0.25
# Reception is not kept from a whole list for longer than this because of some that are on it.
LIST_SECONDS = 600


class Unread:
    """While secrets or versions are changed one process can't read what another wrote, and a third can.

    What waits for such a one uses up no try and has its time, like what waits for the relay; it is late all the while.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def end(self, claim: Claim, fault: Unreadable) -> Settlement:
        """Return what to store; raise StoreUnavailable."""
        if not fault.elsewhere:
            if claim.attempts + 1 >= READS_AT_MOST:
                return ended(claim, State.FAILED, fault.cause, None)
            return settle(claim, Outcome(Verdict.RETRY, fault.cause), None, random.random())  # noqa: S311 - jitter, not a secret
        waited = await self.waited(claim)
        if waited > claim.name.schedule.give_up_after:
            return ended(claim, State.FAILED, fault.cause, None)
        wait = min(max(waited * WAITS, SOONEST_SECONDS), LATEST_SECONDS)
        wait *= random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - jitter, not a secret
        return Settlement(claim, State.DUE, fault.cause, delay_ms=round(wait * 1000), counted=False, late=True)

    async def waited(self, claim: Claim) -> float:
        """Return for how many seconds it has been tried without an end; raise StoreUnavailable."""
        since_ms = await self._store.failing_since(claim)
        return 0.0 if since_ms is None else (milliseconds(self._clock.now()) - since_ms) / 1000

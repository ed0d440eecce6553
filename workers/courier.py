"""The courier: empties the lanes of a process, a batch at a time, without one lane waiting for the other."""

import asyncio
from collections.abc import Awaitable, Callable

from clinic.delivery import Lane, State
from clinic.errors import StoreUnavailable
from clinic.logs import frames, logger
from clinic.store import Store
from clinic.store.words import Claim, Claims
from workers.attempt import ClaimLost
from workers.trial import Trial

# Attempts at once in a lane: a relay answers in 20 to 200 ms, so what counts is how many conversations run at once.
SLOTS = 16
# Claiming for each slot that falls free would cost a round trip a mail.
CLAIM_AT_LEAST = SLOTS // 2
HOLD_EVERY_SECONDS = 5.0
PAUSE_SECONDS = 0.2

Deliver = Callable[[Claim], Awaitable[None]]


class Courier:
    """Carries what is due in every lane."""

    def __init__(self, store: Store, deliver: Deliver) -> None:
        self._store = store
        trial = Trial()
        rounds = {lane: Round(store, lane, deliver, trial) for lane in Lane}
        self._rounds = [*rounds.values()]
        self._of_mails = [rounds[Lane.RECEPTION], rounds[Lane.PATIENT]]

    async def wake(self, at_most: float) -> None:
        """Empty every lane; return when that is done, or after `at_most` seconds while it goes on by itself."""
        at_work = [task for one in self._of_mails if (task := one.under_way) is not None]
        started = [task for one in self._rounds if (task := one.wake()) is not None]
        if started:
            await asyncio.wait(started, timeout=at_most)
        if len(at_work) == len(self._of_mails):
            # They will look again by themselves. Whoever brings hints brings the next later, or when all is at rest:
            # in a burst there is one for each enquiry, and Celery takes longer over it than a mail takes.
            await asyncio.wait(at_work, timeout=min(PAUSE_SECONDS, at_most))

    async def hold(self) -> None:
        """Keep what this process carries from being claimed by another, for as long as it lives."""
        while True:
            await asyncio.sleep(HOLD_EVERY_SECONDS)
            carried = [claim for one in self._rounds for claim in one.carried]
            if carried:
                try:
                    await self._store.hold(carried, State.DUE)
                except StoreUnavailable as fault:
                    logger().warning("hold_failed", fault=str(fault))

    async def stop(self) -> None:
        """Claim nothing more, and return when all that was begun has ended."""
        await asyncio.gather(*(one.stop() for one in self._rounds))


class Round:
    """One lane's round: it starts when woken and ends when nothing is due in the lane."""

    def __init__(self, store: Store, lane: Lane, deliver: Deliver, trial: Trial) -> None:
        self._store = store
        self._lane = lane
        self._deliver = deliver
        self._trial = trial
        self._task: asyncio.Task[None] | None = None
        self._attempts: set[asyncio.Task[None]] = set()
        self._woken = self._stopping = False
        # Set when there is something to look at: an attempt has ended, or somebody wakes us.
        self._stirred = asyncio.Event()
        self.carried: set[Claim] = set()

    @property
    def under_way(self) -> asyncio.Task[None] | None:
        """Return the round that is under way, if one is."""
        return self._task

    def wake(self) -> asyncio.Task[None] | None:
        """Start a round, or have the one under way look again; return it when it was started."""
        self._woken = True
        self._stirred.set()
        if self._stopping or self._task is not None:
            return None
        self._task = asyncio.create_task(self._run(), name=f"round of lane {self._lane.name}")
        return self._task

    async def stop(self) -> None:
        """Claim nothing more, and return when what was begun has ended."""
        self._stopping = True
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        attempts = self._attempts
        more, alone, held_back = True, False, False
        try:
            while True:
                free = SLOTS - len(attempts)
                if not alone and ((self._woken and free) or (more and free >= CLAIM_AT_LEAST)):
                    self._woken = False
                    self._stirred.clear()
                    # A suspect that was held back may be tried once all others have ended.
                    trying = held_back and not attempts
                    claims = await self._claim(free, suspect=trying and self._trial.begin(self.wake))
                    held_back = claims.held_back
                    more = bool(claims or attempts) or (held_back and not trying)
                    alone = any(claim.suspect for claim in claims)
                    for claim in claims:
                        self._begin(claim)
                if not alone:
                    self._trial.end(self.wake)
                if not attempts:
                    if self._woken or more:
                        continue
                    return
                # Not asyncio.wait: it would look at every attempt each time that one ends.
                await self._stirred.wait()
                self._stirred.clear()
                alone = alone and bool(attempts)
        finally:
            self._task = None
            self._trial.end(self.wake)

    def _begin(self, claim: Claim) -> None:
        attempt = asyncio.create_task(self._carry(claim))
        self._attempts.add(attempt)
        attempt.add_done_callback(self._ended)

    def _ended(self, attempt: asyncio.Task[None]) -> None:
        self._attempts.discard(attempt)
        self._stirred.set()

    async def _claim(self, at_most: int, *, suspect: bool) -> Claims:
        if self._stopping:
            return Claims()
        try:
            return await self._store.claim(self._lane, at_most, suspect=suspect)
        except StoreUnavailable as fault:
            # The dispatcher hints again at what is due as soon as the store answers.
            logger().warning("claim_failed", lane=self._lane.name.lower(), fault=str(fault))
            return Claims()

    async def _carry(self, claim: Claim) -> None:
        """Carry one delivery to its end, or leave it to its lease."""
        self.carried.add(claim)
        try:
            await self._deliver(claim)
        except ClaimLost:
            logger().warning("claim_lost", reference=claim.reference, delivery=str(claim.name))
        except StoreUnavailable as fault:
            logger().warning("attempt_interrupted", reference=claim.reference, fault=str(fault))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the others go on; unsettled, it is tried thrice
            logger().error("attempt_broken", reference=claim.reference, delivery=str(claim.name), at=frames(fault))
        finally:
            self.carried.discard(claim)

"""The courier: empties the lanes of a process, a batch at a time, without one lane waiting for the other."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from clinic.delivery import Lane, State
from clinic.errors import StoreUnavailable
from clinic.logs import frames, logger
from clinic.store import Store
from clinic.store.words import Claim, Settlement
from workers.attempt import ClaimLost

# Attempts at once in a lane: a relay answers in 20 to 200 ms, so what counts is how many conversations run at once.
SLOTS = 16
# Claiming for each slot that falls free would cost a round trip a mail.
CLAIM_AT_LEAST = SLOTS // 4
HOLD_EVERY_SECONDS = 5.0
# How long an end is offered to a store that does not take it; the claim's token fences it all the while.
SETTLE_SECONDS = 120.0
SETTLE_EVERY_SECONDS = 0.2

Attempt = Callable[[Claim], Awaitable[Settlement]]


class Courier:
    """Carries what is due in every lane."""

    def __init__(self, store: Store, attempt: Attempt) -> None:
        self._store = store
        self._rounds = [Round(store, lane, attempt) for lane in Lane]

    async def wake(self, at_most: float) -> None:
        """Empty every lane; return when that is done, or after `at_most` seconds while it goes on by itself."""
        running = [task for one in self._rounds if (task := one.wake()) is not None]
        if running:
            await asyncio.wait(running, timeout=at_most)

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

    def __init__(self, store: Store, lane: Lane, attempt: Attempt) -> None:
        self._store = store
        self._lane = lane
        self._attempt = attempt
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._stopping = False
        self.carried: set[Claim] = set()

    def wake(self) -> asyncio.Task[None] | None:
        """Start a round, or have the one under way look again; return it when it was started."""
        self._woken.set()
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
        attempts: set[asyncio.Task[Settlement | None]] = set()
        more, alone = True, False
        try:
            while True:
                free = SLOTS - len(attempts)
                if not alone and ((self._woken.is_set() and free) or (more and free >= CLAIM_AT_LEAST)):
                    self._woken.clear()
                    claims = await self._claim(free, suspect=not attempts)
                    # While others are under way a suspect was held back: look again when they have ended.
                    more = bool(claims or attempts)
                    alone = any(claim.claims > 1 for claim in claims)
                    attempts |= {asyncio.create_task(self._carry(claim)) for claim in claims}
                if not attempts:
                    if self._woken.is_set() or more:
                        continue
                    return
                attempts = await self._wait(attempts)
                alone = alone and bool(attempts)
        finally:
            self._task = None

    async def _claim(self, at_most: int, *, suspect: bool) -> list[Claim]:
        if self._stopping:
            return []
        try:
            return await self._store.claim(self._lane, at_most, suspect=suspect)
        except StoreUnavailable as fault:
            # The dispatcher hints again at what is due as soon as the store answers.
            logger().warning("claim_failed", lane=self._lane.name.lower(), fault=str(fault))
            return []

    async def _carry(self, claim: Claim) -> Settlement | None:
        """Make one attempt; None when there is nothing to settle."""
        self.carried.add(claim)
        try:
            return await self._attempt(claim)
        except ClaimLost:
            logger().warning("claim_lost", reference=claim.reference, delivery=str(claim.name))
        except StoreUnavailable as fault:
            logger().warning("attempt_interrupted", reference=claim.reference, fault=str(fault))
        except Exception as fault:  # noqa: BLE001 - whatever it is, the others go on; unsettled, it is tried thrice
            logger().error("attempt_broken", reference=claim.reference, delivery=str(claim.name), at=frames(fault))
        self.carried.discard(claim)
        return None

    async def _wait(self, attempts: set[asyncio.Task[Settlement | None]]) -> set[asyncio.Task[Settlement | None]]:
        """Wait for an attempt to end or for a wake; settle what ended; return the attempts still under way."""
        # A wake that could not be followed yet is not waited for again: that would be a loop without a pause.
        wakes = set() if self._woken.is_set() else {asyncio.create_task(self._woken.wait())}
        done, _ = await asyncio.wait({*attempts, *wakes}, return_when=asyncio.FIRST_COMPLETED)
        for wake in wakes:
            wake.cancel()
        ended = [task for task in attempts if task in done]
        await self._settle([end for task in ended if (end := task.result()) is not None])
        return attempts.difference(ended)

    async def _settle(self, ends: Sequence[Settlement]) -> None:
        """Store how attempts ended, and offer it again to a store that does not answer."""
        if not ends:
            return
        deadline = asyncio.get_running_loop().time() + SETTLE_SECONDS
        while True:
            try:
                stored = await self._store.settle(ends)
                break
            except StoreUnavailable as fault:
                if asyncio.get_running_loop().time() > deadline:
                    logger().error("settle_failed", deliveries=len(ends), fault=str(fault))
                    stored = [False] * len(ends)
                    break
                await asyncio.sleep(SETTLE_EVERY_SECONDS)
        for end, ours in zip(ends, stored, strict=True):
            self.carried.discard(end.claim)
            logger().info(
                "delivery_settled" if ours else "delivery_settled_too_late",
                reference=end.claim.reference,
                delivery=str(end.claim.name),
                state=end.state.value,
                cause=end.cause,
                attempt=end.claim.attempts + 1,
            )

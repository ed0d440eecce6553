"""Settlements: stores how attempts ended, at once, and what ended meanwhile together."""

import asyncio
from collections.abc import Callable, Sequence

from clinic.errors import StoreUnavailable
from clinic.logs import logger
from clinic.store import Store
from clinic.store.words import Claim, Settlement

# How long an end is offered to a store that does not take it; the claim's token fences it all the while.
OFFER_SECONDS = 120.0
OFFER_EVERY_SECONDS = 0.2


class Settlements:
    """Stores ends in the order in which they come, one script at a time: the next takes all that have come since."""

    def __init__(self, store: Store, stored: Callable[[Claim], None] = lambda _: None) -> None:
        """`stored` is told of each claim whose end is stored, before anybody else is."""
        self._store = store
        self._stored = stored
        self._waiting: list[tuple[Settlement, asyncio.Future[bool]]] = []
        self._storing = False
        self._next: asyncio.Task[None] | None = None

    async def settle(self, end: Settlement) -> None:
        """Return when the end is stored, or when it can't be: its claim is another's now, or the store stays away."""
        heard: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((end, heard))
        if not self._storing:
            # A task for it would begin a turn of the loop later, and the next mail waits for this.
            await self._store_all()
            await asyncio.sleep(0)
        ours = await heard
        if end.claim.name.kind.errand:
            return
        logger().info(
            "delivery_settled" if ours else "delivery_settled_too_late",
            reference=end.claim.reference,
            delivery=str(end.claim.name),
            state=end.state.value,
            cause=end.cause,
            attempt=end.claim.attempts + 1,
        )

    async def _store_all(self) -> None:
        """Store what waits; a task takes what has come meanwhile, and all of it where this one is cut short."""
        self._storing = True
        batch, self._waiting = self._waiting, []
        try:
            answers = await self._offer([end for end, _ in batch])
        except Exception as fault:  # noqa: BLE001 - whoever waits for it hears of it, and the next go on
            for _, heard in batch:
                if not heard.done():
                    heard.set_exception(fault)
        else:
            for (end, heard), ours in zip(batch, answers, strict=True):
                self._stored(end.claim)
                if not heard.done():
                    heard.set_result(ours)
        finally:
            self._waiting[:0] = [(end, heard) for end, heard in batch if not heard.done()]
            self._storing = bool(self._waiting)
            self._next = asyncio.create_task(self._store_all(), name="settlements") if self._waiting else None

    async def _offer(self, ends: Sequence[Settlement]) -> list[bool]:
        """Offer ends until the store answers; after OFFER_SECONDS none of them counts as stored."""
        deadline = asyncio.get_running_loop().time() + OFFER_SECONDS
        while True:
            try:
                return await self._store.settle(ends)
            except StoreUnavailable as fault:
                if asyncio.get_running_loop().time() > deadline:
                    logger().error("settle_failed", deliveries=len(ends), fault=str(fault))
                    return [False] * len(ends)
                await asyncio.sleep(OFFER_EVERY_SECONDS)

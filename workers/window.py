"""The window: how many mails of this process may stand between their last byte and the stored `sent`."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from clinic.store.words import Claim

# A relay that stalls holds up whoever comes after it by no more than this.
PATIENCE_SECONDS = 1.0
# One more for every so many seconds that the relay takes to answer: else a slow relay could not be kept busy.
SECONDS_EACH = 0.001
# So many mails stand ready before it, for each that may be in it: more made ahead would only hold up those.
ENOUGH = 4
# So many turns of the loop after one has entered its mark is on its way, and there is time to make another.
TURNS = 3
# The fastest of so many answers is the relay's own time; what is above it is ours, and no reason to widen.
ANSWERS = 32


class Window:
    """Lets mails through one after the other: what stands in the window when the process is killed is sent twice.

    Once the relay has answered for a mail the next may be marked, so that its mark and the end of the one before are
    stored by one write; its first byte waits for both.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds and never jumps."""
        self._clock = clock
        self._waiting: dict[Claim, asyncio.Future[None]] = {}
        self._inside: dict[Claim, float] = {}
        # What the relay has answered for, until that is stored; and who waits for that.
        self._answered: dict[Claim, list[asyncio.Future[None]]] = {}
        # Who would make another mail, one at a time.
        self._wanted: asyncio.Future[None] | None = None
        self._answers: deque[float] = deque(maxlen=ANSWERS)
        # How many may stand in it: one, and more only as the relay is slow.
        self.width = 1

    async def enter(self, claim: Claim) -> None:
        """Wait for room, and not for long where it is the relay that stalls: lanes must not wait for one another.

        While an answer can't be stored nothing enters for want of patience: the store could not mark a mail either.
        """
        loop = asyncio.get_running_loop()
        turn = self._waiting[claim] = loop.create_future()
        self._admit()
        timer = None if turn.done() else loop.call_later(PATIENCE_SECONDS, self._lose_patience, claim)
        try:
            await turn
        finally:
            # Whoever is cut short stands ready no more either.
            if self._waiting.pop(claim, None) is not None:
                self._ask_for_more()
            if timer is not None:
                timer.cancel()

    async def wants(self) -> None:
        """Wait until another mail is wanted, and for a moment when making it keeps none waiting that could leave."""
        if len(self._waiting) >= ENOUGH * self.width:
            self._wanted = asyncio.get_running_loop().create_future()
            await self._wanted
            for _ in range(TURNS):
                await asyncio.sleep(0)
        elif self._inside:
            await asyncio.sleep(0)

    async def clear(self) -> None:
        """Wait until every answer that has come by now is stored."""
        loop = asyncio.get_running_loop()
        waits = [loop.create_future() for _ in self._answered]
        for stored, wait in zip(self._answered.values(), waits, strict=True):
            stored.append(wait)
        for wait in waits:
            await wait

    def leaves_now(self, claim: Claim) -> None:
        """Note when a mail that has entered begins to leave."""
        self._inside[claim] = self._clock()

    def answered(self, claim: Claim) -> None:
        """Note that the relay has answered for a mail, and so how long it takes; the next may be marked."""
        began = self._inside.pop(claim)
        self._answers.append(self._clock() - began)
        self.width = 1 + int(min(self._answers) / SECONDS_EACH)
        self._answered[claim] = []
        self._admit()

    def leave(self, claim: Claim) -> None:
        """Make room for the next; whoever never entered leaves nothing."""
        for wait in self._answered.pop(claim, ()):
            if not wait.done():
                wait.set_result(None)
        if self._inside.pop(claim, None) is not None:
            self._admit()

    def _admit(self) -> None:
        while self._waiting and len(self._inside) < self.width:
            self._let_in(next(iter(self._waiting)))

    def _let_in(self, claim: Claim) -> None:
        turn = self._waiting.pop(claim)
        self._ask_for_more()
        self._inside[claim] = self._clock()
        if not turn.done():
            turn.set_result(None)

    def _ask_for_more(self) -> None:
        if self._wanted is not None and not self._wanted.done() and len(self._waiting) < ENOUGH * self.width:
            self._wanted.set_result(None)

    def _lose_patience(self, claim: Claim) -> None:
        if claim in self._waiting and not self._answered:
            self._let_in(claim)
        elif claim in self._waiting:
            asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._lose_patience, claim)

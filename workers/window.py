"""The window: how many mails of this process may stand between their last byte and the stored `sent`."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from clinic.store.words import Claim

# A relay that stalls holds up whoever comes after it by no more than this.
PATIENCE_SECONDS = 1.0
# One more for every so many seconds that the relay takes to answer: else a slow relay could not be kept busy.
SECONDS_EACH = 0.002
# The fastest of so many answers is the relay's own time; what is above it is ours, and no reason to widen.
ANSWERS = 32


class Window:
    """Lets mails through one after the other: what stands in the window when the process is killed is sent twice."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` counts seconds and never jumps."""
        self._clock = clock
        self._waiting: dict[Claim, asyncio.Future[None]] = {}
        self._inside: dict[Claim, float] = {}
        self._answered: set[Claim] = set()
        self._answers: deque[float] = deque(maxlen=ANSWERS)

    @property
    def width(self) -> int:
        """Return how many may stand in it: one, and more only as the relay is slow."""
        return 1 + int(min(self._answers, default=0.0) / SECONDS_EACH)

    async def enter(self, claim: Claim) -> None:
        """Wait for room, and not for long where it is the relay that stalls: lanes must not wait for one another.

        While an answer waits to be stored nothing enters: the store is slow or away, and could not mark a mail either.
        """
        turn = self._waiting[claim] = asyncio.get_running_loop().create_future()
        self._admit()
        try:
            while not turn.done():
                await asyncio.wait([turn], timeout=PATIENCE_SECONDS)
                if not self._answered:
                    break
        finally:
            self._waiting.pop(claim, None)
        self._inside[claim] = self._clock()

    def leaves_now(self, claim: Claim) -> None:
        """Note when a mail that has entered begins to leave."""
        self._inside[claim] = self._clock()

    def answered(self, claim: Claim) -> None:
        """Note that the relay has answered for a mail, and so how long it takes."""
        self._answered.add(claim)
        self._answers.append(self._clock() - self._inside[claim])

    def leave(self, claim: Claim) -> None:
        """Make room for the next; whoever never entered leaves nothing."""
        self._answered.discard(claim)
        if self._inside.pop(claim, None) is not None:
            self._admit()

    def _admit(self) -> None:
        while self._waiting and len(self._inside) < self.width:
            claim = next(iter(self._waiting))
            self._waiting.pop(claim).set_result(None)
            self._inside[claim] = self._clock()

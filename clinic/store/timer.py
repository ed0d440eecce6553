"""The timer: one for all that wait, where one for each would cost more than what it watches over."""

import asyncio
from collections.abc import Callable


class Timer:
    """Rings when the earliest deadline is over; `expire` then ends what is late, and says what is due next, if any."""

    def __init__(self, expire: Callable[[float], float | None]) -> None:
        """`expire` is given the loop's time, and gives a deadline in it."""
        self._expire = expire
        self._handle: asyncio.TimerHandle | None = None
        self._at = 0.0

    def no_later_than(self, deadline: float) -> None:
        """Ring by then; whatever has ended meanwhile is only looked at once."""
        if self._handle is not None:
            if self._at <= deadline:
                return
            self._handle.cancel()
        self._at = deadline
        self._handle = asyncio.get_running_loop().call_at(deadline, self._ring)

    def _ring(self) -> None:
        self._handle = None
        # uvloop counts in milliseconds, and may ring up to half of one early.
        following = self._expire(max(asyncio.get_running_loop().time(), self._at))
        if following is not None:
            self.no_later_than(following)

"""The watchdog: ends a worker process that is alive and gets nothing done, so that its supervisor starts another."""

from collections.abc import Callable

# Workers take a hint within milliseconds; one that lies for a minute under a process which took none has lost it.
STALLED_SECONDS = 60.0


class Watchdog:
    """Watches progress, not life: hints are waiting and this process has taken none for too long."""

    def __init__(self, clock: Callable[[], float], end: Callable[[], None]) -> None:
        """`clock` counts seconds and never jumps; `end` ends the process."""
        self._clock = clock
        self._end = end
        self._idle_since = clock()

    def progress(self) -> None:
        """Note that this process took a hint."""
        self._idle_since = self._clock()

    def observe(self, hints: int) -> None:
        """Note how many hints are waiting, and end a process that should have taken them."""
        if hints == 0:
            self.progress()
        elif self._clock() - self._idle_since > STALLED_SECONDS:
            self._end()

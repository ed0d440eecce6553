"""The trial of suspects: deliveries of which one may be what stopped the workers that tried it."""

from collections.abc import Callable

Wake = Callable[[], object]


class Trial:
    """Sees to it that a process tries one suspect at a time, over all its lanes.

    A mail that stops its worker and another of the same enquiry come back together every time: tried side by side, the
    harmless one would fail as `poison` with it.
    """

    def __init__(self) -> None:
        self._holder: Wake | None = None
        self._refused: list[Wake] = []

    def begin(self, who: Wake) -> bool:
        """Return whether `who` may try a suspect; whoever may not is called when the one under way has ended."""
        if self._holder is None:
            self._holder = who
        elif self._holder != who and who not in self._refused:
            self._refused.append(who)
        return self._holder == who

    def end(self, who: Wake) -> None:
        """Let the next try."""
        if self._holder == who:
            self._holder = None
            refused, self._refused = self._refused, []
            for wake in refused:
                wake()

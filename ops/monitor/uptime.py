"""Uptime: how long the store has answered since it was away, for while it was nobody could tell it that they live."""

import math
import time
from collections.abc import Callable

from clinic.store.reading import Reading


class Uptime:
    """Told of every reading; before one has failed, nothing speaks against what they say."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Begin; `seconds` counts those that go by."""
        self._seconds = seconds
        self._since: float | None = -math.inf

    def ms(self, reading: Reading | None) -> float:
        """Return for how long there have been readings, this one included."""
        if reading is None:
            self._since = None
        elif self._since is None:
            self._since = self._seconds()
        return 0.0 if self._since is None else (self._seconds() - self._since) * 1000

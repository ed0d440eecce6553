"""Uptime: how long the store has answered since it was away or all stood still: nobody could tell it anything then."""

import math
import time
from collections.abc import Callable

from clinic.store.reading import Reading

# Readings come every 5 s. Between two that are farther apart a machine slept, or a clock was set; whoever is there says
# so to the store within seconds, and is missed after 30.
STANDSTILL_MS = 20_000


class Uptime:
    """Told of every reading; before one has failed or come late, nothing speaks against what they say."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Begin; `seconds` counts those that go by."""
        self._seconds = seconds
        self._since: float | None = -math.inf
        self._at_ms: int | None = None
        self._stood_still = False

    def ms(self, reading: Reading | None) -> float:
        """Return for how long there have been readings, this one included."""
        if reading is None:
            self._since = self._at_ms = None
        elif reading.at_ms != self._at_ms:
            stood_still = self._at_ms is not None and reading.at_ms - self._at_ms > STANDSTILL_MS
            # Where all readings are so slow, it begins once: else nobody would ever be missed.
            if self._since is None or (stood_still and not self._stood_still):
                self._since = self._seconds()
            self._at_ms, self._stood_still = reading.at_ms, stood_still
        return 0.0 if self._since is None else (self._seconds() - self._since) * 1000

"""An outlet: a stream that holds up nobody who writes to it, though nobody may read what comes out."""

import os
import threading
from typing import Self, TextIO

# Characters that wait, more than a part says in many a restart; what comes on top is left out.
MOST = 256 * 1024
# At the end, for what still waits.
LINGER_SECONDS = 2.0


class Outlet:
    """Takes texts at once and writes them in a thread; to be entered, and left when all is said."""

    def __init__(self, stream: TextIO) -> None:
        """Write where `stream` does, past its buffer: at the end of the process that would wait for its reader."""
        self._descriptor = stream.fileno()
        self._encoding = stream.encoding
        self._changed = threading.Condition()
        self._texts: list[str] = []
        self._held = 0
        self._left_out = 0
        self._over = False
        self._thread = threading.Thread(target=self._pour, name="outlet", daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        """Write what waits, if somebody reads it within LINGER_SECONDS."""
        with self._changed:
            self._over = True
            self._changed.notify()
        self._thread.join(LINGER_SECONDS)

    def write(self, text: str) -> None:
        """Take a line."""
        with self._changed:
            if self._held > MOST:
                self._left_out += 1
                return
            self._texts.append(text)
            self._held += len(text)
            self._changed.notify()

    def flush(self) -> None:
        """Nothing waits longer than it has to."""

    def _pour(self) -> None:
        while taken := self._taken():
            rest = taken.encode(self._encoding, "backslashreplace")
            try:
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except OSError:
                # Whoever listened has left, or will be back; who writes is not to know.
                continue

    def _taken(self) -> str:
        """Wait for what is to be written, and return it: nothing when all is said."""
        with self._changed:
            self._changed.wait_for(lambda: self._texts or self._over)
            texts, left_out = self._texts, self._left_out
            self._texts, self._held, self._left_out = [], 0, 0
        return "".join(texts) + (f"({left_out} lines were left out, for nobody read them)\n" if left_out else "")

"""The voice of the processes: every line of theirs on one stream, under their name."""

import contextlib
import itertools
from collections.abc import Iterable
from typing import Protocol

OURS = "frontdesk"
COLOURS = (36, 33, 32, 35, 34, 96, 93)


class Stream(Protocol):
    """Where lines are written to."""

    def write(self, text: str, /) -> object:
        """Take a text."""

    def flush(self) -> None:
        """Let nothing wait."""


class Voice:
    """Writes lines to one stream, each under the name of who said it, aligned."""

    def __init__(self, stream: Stream, names: Iterable[str], *, colour: bool) -> None:
        """Take everyone who will speak; `colour` gives each name one (ANSI), for a terminal."""
        self._stream = stream
        known = [OURS, *names]
        width = max(len(name) for name in known)
        self._prefixes = {name: f"{name:<{width}} | " for name in known}
        if colour:
            for name, number in zip(known, itertools.cycle(COLOURS)):
                self._prefixes[name] = f"\x1b[{number}m{name:<{width}}\x1b[0m | "

    def say(self, text: str, name: str = OURS) -> None:
        """Write each line of `text` under `name`."""
        # Whoever listened may leave (`| head`); the processes are still to be kept and, in the end, stopped.
        with contextlib.suppress(OSError, ValueError):
            for line in text.split("\n"):
                self._stream.write(f"{self._prefixes[name]}{line}\n")
            self._stream.flush()

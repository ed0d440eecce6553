"""A part: what the supervisor has to know of one process that it keeps running."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Spoken(Protocol):
    """What a probe may look at in a process: the lines it wrote so far."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Return its last lines of output, oldest first."""


Probe = Callable[[Spoken], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Part:
    """One process: how it is started, how to tell that it is ready, and how long it may take to stop.

    `ready_within` and `grace` are seconds; `grace` lies between SIGTERM and SIGKILL. `advice` ends the message when the
    part does not become ready: what to do next.
    """

    name: str
    command: tuple[str, ...]
    ready: Probe
    advice: str
    environment: Mapping[str, str] = field(repr=False)
    ready_within: float = 30.0
    grace: float = 10.0


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before a part that died is started again, in seconds: doubling, until it lived long enough."""

    first: float = 0.5
    longest: float = 30.0
    forgiven_after: float = 60.0

    def after(self, previous: float, lived: float) -> float:
        """Return the wait after a life of `lived` seconds that came after a wait of `previous` (0 for the first)."""
        if lived >= self.forgiven_after or not previous:
            return self.first
        return min(2 * previous, self.longest)

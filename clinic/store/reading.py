"""A reading: the store as ops sees it at one instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from clinic.delivery import Kind, Lane
from clinic.store.files import View

# Where a delivery stands: its time has come (also where it is tried again later); a worker has it; its time is to come;
# and the two that staff see to.
Standing = Literal["due", "sending", "held", "in_doubt", "failed"]
STANDINGS: tuple[Standing, ...] = ("due", "sending", "held", "in_doubt", "failed")


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker process: how long ago it was seen, how many deliveries it settled, how long ago the last (ms)."""

    name: str
    seen_ms: int
    settled: int
    last_ms: int | None


@dataclass(frozen=True, slots=True)
class Server:
    """What the server says of itself; `faults` is what makes it unsafe, one line each."""

    version: str
    memory: int
    memory_limit: int
    aof_size: int
    aof_rewrites: bool
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything at one instant of the server's clock (ms since 1970); ages are in ms.

    `intakes_ms` is how long ago each intake was there; `canary_ms` how long ago a canary came back, or None.
    """

    at_ms: int
    hints: int
    standing: Mapping[tuple[Kind, Standing], int]
    oldest_ms: Mapping[Lane, int]
    retrying_ms: int
    stranded: int
    stranded_ms: int
    login_paused: bool
    dispatcher: bool
    workers: tuple[Worker, ...]
    intakes_ms: tuple[int, ...]
    canary_ms: int | None
    views: Mapping[View, int]
    counts: Mapping[str, int]
    server: Server

    @property
    def unsent_ms(self) -> int:
        """Return how long the oldest delivery has been due and unsent."""
        return max([self.retrying_ms, *self.oldest_ms.values()])

    def count(self, standing: Standing) -> int:
        """Return how many deliveries stand so, errands left out."""
        return sum(number for (kind, where), number in self.standing.items() if where == standing and not kind.errand)

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
# Workers and intakes beat every 5 s.
ALIVE_MS = 15_000


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

    @property
    def workers_alive(self) -> int:
        """Return how many workers were seen in the last 15 s."""
        return sum(worker.seen_ms <= ALIVE_MS for worker in self.workers)

    @property
    def intakes_alive(self) -> int:
        """Return how many intakes were there in the last 15 s."""
        return sum(seen <= ALIVE_MS for seen in self.intakes_ms)

    @property
    def settled_ms(self) -> int | None:
        """Return how long ago a worker last settled a delivery, if one did."""
        return min((worker.last_ms for worker in self.workers if worker.last_ms is not None), default=None)

    def count(self, standing: Standing) -> int:
        """Return how many deliveries stand so, errands left out."""
        return sum(number for (kind, where), number in self.standing.items() if where == standing and not kind.errand)

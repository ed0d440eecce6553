"""The stage: a server, relays that keep the ledger, a fleet and its visitors, for one run of the matrix."""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from redis.exceptions import RedisError

from clinic.store import connect
from tests.faults.judge import Judgement, judge
from tests.support.fleet import Fleet, Slot
from tests.support.ledger import Ledger, keeping
from tests.support.load import Load
from tests.support.relay import ScriptedRelay
from tests.support.valkey import Client, Valkey

DRAIN_SECONDS = 240.0
# What waits for the clinic to open, or for the reply time to pass.
LATER = (b"digest-", b"reminder-", b"escalation-")


@dataclass
class Stage:
    """What a scenario plays on."""

    folder: Path
    valkey: Valkey
    redis: Client
    fleet: Fleet
    relays: list[ScriptedRelay]
    ledgers: list[Ledger]
    # What a scene brings along stays until all that uses it is gone.
    later: contextlib.AsyncExitStack
    loads: list[Load] = field(default_factory=list)

    def load(self, count: int, rate: float, *, keep_alive: bool = True) -> Load:
        """Return visitors of this stage; nobody has come yet."""
        first = sum(load.count for load in self.loads)
        self.loads.append(Load(self.fleet.addresses, count, rate, first=first, keep_alive=keep_alive))
        return self.loads[-1]

    async def leader(self) -> Slot | None:
        """Return the worker that dispatches now."""
        try:
            return self.fleet.leader(await self.redis.get("dispatcher"))
        except (RedisError, OSError):
            return None

    async def drained(self, seconds: float = DRAIN_SECONDS, later: Sequence[bytes] = LATER) -> bool:
        """Wait until nothing waits but `later`, for an hour of its own; False when that takes too long."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(RedisError, OSError):
                waiting = await self.redis.zrange("diary", 0, -1)
                if all(member.partition(b"/")[2].startswith(tuple(later)) for member in waiting):
                    return True
            await asyncio.sleep(0.1)
        return False

    async def judge(self) -> Judgement:
        """Wait for the last mail, and say what became of every enquiry."""
        empty = await self.drained()
        found = await judge(self.fleet, self.loads, self.ledgers, self.redis)
        if not empty:
            found.others.append("the diary did not empty")
        return found

    @property
    def copies(self) -> int:
        """Return how many mails the relays took."""
        return sum(len(ledger.copies) for ledger in self.ledgers)


@contextlib.asynccontextmanager
async def stage(
    keep: Path | None = None, *, workers: int = 2, intakes: int = 2, more: Mapping[str, str] | None = None
) -> AsyncIterator[Stage]:
    """Set a stage, with settings `more` for all; its files are removed at the end, or kept in the folder `keep`."""
    async with contextlib.AsyncExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="faults-")))
        folder.mkdir(parents=True, exist_ok=True)
        later = await stack.enter_async_context(contextlib.AsyncExitStack())
        valkey = Valkey(folder)
        valkey.start()
        stack.callback(valkey.remove)
        redis = connect(valkey.url)
        stack.push_async_callback(redis.aclose)
        pairs = [keeping(f"worker-{number}") for number in range(workers)]
        for relay, _ in pairs:
            await stack.enter_async_context(relay)
        fleet = Fleet(folder, valkey.url, [relay.url for relay, _ in pairs], intakes=intakes, more=more)
        await stack.enter_async_context(fleet)
        relays, ledgers = [relay for relay, _ in pairs], [ledger for _, ledger in pairs]
        yield Stage(folder, valkey, redis, fleet, relays, ledgers, later)

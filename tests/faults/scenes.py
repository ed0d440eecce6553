"""Scenes on the stage: real processes, one disturbance, and how long until everything flows again."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from clinic.hint import QUEUE, hint_message
from tests.faults.kills import Tell
from tests.faults.row import Row
from tests.faults.stage import Stage, stage
from tests.support.failover import failed_over
from tests.support.load import Load

RATE = 20.0
BEFORE_SECONDS = 2.0
AFTER_SECONDS = 3.0
SINGLE_KILL_SECONDS = 30.0
BACK_SECONDS = 60.0
LONG_SOCKET_SECONDS = 12.0  # longer than every socket timeout of ours, kombu's 10 s included


@dataclass(frozen=True, slots=True)
class Scene:
    """One disturbance; recovery is the longest wait of a mail, counted from the end of it where it has one."""

    title: str
    disturb: Callable[[Stage], Awaitable[None]]
    at_most: float = SINGLE_KILL_SECONDS
    allowed: int = 0
    has_an_end: bool = False


async def played(scene: Scene, tell: Tell) -> Row:
    """Disturb a service under load, and see how long until everything flows again."""
    async with stage() as on:
        load = on.load(10**9, RATE)
        visitors = asyncio.create_task(load.run())
        await asyncio.sleep(BEFORE_SECONDS)
        began = time.monotonic()
        await scene.disturb(on)
        ended = time.monotonic() if scene.has_an_end else began
        await asyncio.sleep(AFTER_SECONDS)
        load.stop = True
        await visitors
        found = await on.judge()
        fresh = _first_answer_after(load, ended)
        answered = {one.reference: one.at for one in load.answered.values()}
        firsts = {(reference, name): answered[reference] + wait for (reference, name), wait in found.waits.items()}
        waits = [at - max(ended, answered[reference]) for (reference, _), at in firsts.items() if at > ended]
    for fault in found.examples:
        tell(f"{scene.title}: {fault}")
    tell(f"{scene.title}: answers {dict(load.came)}")
    return found.row(
        scene.title,
        f"{found.accepted} enquiries under load; the next answer after {fresh:.1f} s",
        allowed=scene.allowed,
        recovery=max(waits, default=0.0),
        at_most=scene.at_most,
    )


def _first_answer_after(load: Load, instant: float) -> float:
    return min((one.at for one in load.answered.values() if one.asked > instant), default=instant) - instant


async def kill_intake(on: Stage) -> None:
    """One of the intakes."""
    on.fleet.kill(on.fleet.intakes[0])
    await asyncio.sleep(0)


async def kill_worker(on: Stage) -> None:
    """The worker that does not dispatch."""
    leader = await on.leader()
    on.fleet.kill(next(slot for slot in on.fleet.workers if slot is not leader))


async def kill_leader(on: Stage) -> None:
    """The worker that dispatches."""
    on.fleet.kill(await on.leader() or on.fleet.workers[0])


async def kill_all_workers(on: Stage) -> None:
    """Every worker at once."""
    for slot in on.fleet.workers:
        on.fleet.kill(slot)
    await asyncio.sleep(0)


async def kill_valkey(on: Stage) -> None:
    """Valkey, started again at once."""
    on.valkey.kill()
    await asyncio.to_thread(on.valkey.start)


async def valkey_away(on: Stage) -> None:
    """Valkey, started again after a while."""
    on.valkey.kill()
    await asyncio.sleep(LONG_SOCKET_SECONDS)
    await asyncio.to_thread(on.valkey.start)


async def valkey_frozen(on: Stage) -> None:
    """Valkey stands still, its connections open."""
    on.valkey.freeze()
    await asyncio.sleep(LONG_SOCKET_SECONDS)
    on.valkey.thaw()


async def valkey_full(on: Stage) -> None:
    """No memory left for a new record."""
    await on.redis.config_set("maxmemory", "1mb")
    await asyncio.sleep(6)
    await on.redis.config_set("maxmemory", "0")


async def valkey_read_only(on: Stage) -> None:
    """Valkey is made a replica of nobody, which refuses writes."""
    await on.redis.replicaof("127.0.0.1", 1)
    await asyncio.sleep(6)
    await on.redis.replicaof("NO", "ONE")


async def valkey_moved(on: Stage) -> None:
    """Another server takes over, and a little later the name leads to it; the old one lives on as its replica."""
    await on.later.enter_async_context(failed_over(on.valkey, on.folder / "other", 2.0))
    await on.redis.connection_pool.disconnect()


async def valkey_loading(on: Stage) -> None:
    """Valkey is killed and takes seconds to load its data."""
    on.valkey.kill()
    on.valkey.options += ["--key-load-delay", "5000"]
    await asyncio.to_thread(on.valkey.start)
    on.valkey.options = on.valkey.options[:-2]
    await on.redis.config_set("key-load-delay", "0")


async def relay_away(on: Stage) -> None:
    """The relays are gone, and come back on the same ports."""
    for relay in on.relays:
        await relay.__aexit__(None, None, None)
    await asyncio.sleep(20)
    for relay in on.relays:
        await relay.__aenter__()


async def queue_deleted(on: Stage) -> None:
    """Every message is deleted, again and again, while enquiries come in."""
    end = time.monotonic() + 8
    while time.monotonic() < end:
        await on.redis.delete(QUEUE, "unacked", "unacked_index")
        await asyncio.sleep(0.01)


async def queue_deleted_while_frozen(on: Stage) -> None:
    """Workers stand still, enquiries pile up, and every message is deleted."""
    for slot in on.fleet.workers:
        slot.life.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(4)
    await on.redis.delete(QUEUE, "unacked", "unacked_index")
    for slot in on.fleet.workers:
        slot.life.process.send_signal(signal.SIGCONT)


async def ten_times(on: Stage) -> None:
    """The same message ten times for every enquiry, as it came and as it comes."""
    end = time.monotonic() + 8
    seen: set[str] = set()
    while time.monotonic() < end:
        for answered in list(on.loads[0].answered.values()):
            if answered.reference not in seen:
                seen.add(answered.reference)
                await on.redis.lpush(QUEUE, *[hint_message(answered.reference)] * 10)
        await asyncio.sleep(0.02)


SCENES: dict[str, Scene] = {
    "kill intake": Scene("intake killed", kill_intake),
    "kill worker": Scene("worker killed", kill_worker, allowed=1),
    "kill dispatcher": Scene("dispatching worker killed", kill_leader, allowed=1),
    "kill both workers": Scene("both workers killed", kill_all_workers, allowed=2),
    "kill valkey": Scene("Valkey killed", kill_valkey),
    "valkey away": Scene("Valkey away for 12 s", valkey_away, BACK_SECONDS, has_an_end=True),
    "valkey frozen": Scene("Valkey frozen for 12 s", valkey_frozen, BACK_SECONDS, has_an_end=True),
    "valkey full": Scene("Valkey out of memory for 6 s", valkey_full, BACK_SECONDS, has_an_end=True),
    "valkey read-only": Scene("Valkey read-only for 6 s", valkey_read_only, BACK_SECONDS, has_an_end=True),
    "valkey moved": Scene("Valkey fails over, its name moves", valkey_moved, BACK_SECONDS, has_an_end=True),
    "valkey loading": Scene("Valkey killed, loads for seconds", valkey_loading, BACK_SECONDS, has_an_end=True),
    "relay away": Scene("relay away for 20 s", relay_away, BACK_SECONDS, has_an_end=True),
    "queue deleted": Scene("every message deleted, under load", queue_deleted),
    "queue deleted at rest": Scene(
        "every message deleted, workers frozen 4 s", queue_deleted_while_frozen, has_an_end=True
    ),
    "ten times": Scene("every message ten times", ten_times),
}

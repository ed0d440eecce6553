"""Real workers that are killed or frozen in mid-conversation: another takes over, and copies are as few as can be."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from clinic.facts import ClinicFacts
from clinic.hint import QUEUE, hint_message
from clinic.store.store import LEASE_MS
from tests.faults.stage import Stage, stage
from tests.support.clock import SetClock, pass_time
from tests.support.fleet import Slot
from tests.support.relay import Answer
from tests.support.service import Service

WITHIN_SECONDS = 20.0
# Whoever lives has long stored by then how its mails ended, and a lease that runs out takes none of them from it.
STORED_WITHIN_SECONDS = 10.0
ENQUIRIES = 3


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage(intakes=0) as made:
        yield made


async def accept(on: Stage, facts: ClinicFacts, count: int) -> list[str]:
    clock = SetClock()
    clock.at = datetime.now(UTC)
    service = Service(on.redis, facts, on.relays[0].url, clock)
    return [(await service.accept(number)).reference for number in range(count)]


async def until(what: object, seconds: float = WITHIN_SECONDS) -> None:
    for _ in range(int(seconds / 0.02)):
        if what():  # type: ignore[operator]  # a function without arguments
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to that")


async def hold_at(on: Stage, verb: str) -> None:
    """Have no relay answer a verb."""
    for relay in on.relays:
        relay.script[verb] = lambda _line: Answer(None)


async def lease_runs_out(on: Stage) -> None:
    """Let the time of a lease pass, and let whoever dispatched be forgotten."""
    await pass_time(on.redis, LEASE_MS / 1000 + 1)
    await on.redis.delete("dispatcher")


def copies(on: Stage) -> Counter[tuple[str, str]]:
    return Counter((copy.reference, copy.delivery) for ledger in on.ledgers for copy in ledger.copies)


async def stopped_at(on: Stage, facts: ClinicFacts, verb: str, number: signal.Signals) -> tuple[list[str], list[Slot]]:
    """Accept, wait until every mail stands at a verb, and stop whoever carries one."""
    await hold_at(on, verb)
    references = await accept(on, facts, ENQUIRIES)
    await until(lambda: sum(relay.seen[verb] for relay in on.relays) == 2 * ENQUIRIES)
    carriers = [slot for slot, relay in zip(on.fleet.workers, on.relays, strict=True) if relay.seen[verb]]
    for slot in carriers:
        slot.held = number is signal.SIGSTOP
        on.fleet.kill(slot, number)
    for relay in on.relays:
        relay.script.clear()
    return references, carriers


@pytest.mark.parametrize(("verb", "more"), [("RCPT", 0), ("DATA", 0), ("DOT", 1)])
async def test_killed_worker_s_mails_are_sent_by_another(on: Stage, facts: ClinicFacts, verb: str, more: int) -> None:
    references, _ = await stopped_at(on, facts, verb, signal.SIGKILL)
    await lease_runs_out(on)
    assert await on.drained(WITHIN_SECONDS)
    wanted = {(one, name) for one in references for name in ("alert-0", "confirmation")}
    assert copies(on) == dict.fromkeys(wanted, 1 + more)
    found = await on.judge()
    assert (found.lost, found.phantom, found.doubled) == ([], [], [])
    assert sum(found.in_window.values()) == len(wanted) * more


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
async def test_worker_that_wakes_after_its_lease_sends_nothing(on: Stage, facts: ClinicFacts, verb: str) -> None:
    references, frozen = await stopped_at(on, facts, verb, signal.SIGSTOP)
    if len(frozen) == len(on.fleet.workers):
        on.fleet.workers.append(Slot("worker-1", "worker", on.fleet.workers[1].environment))
        on.fleet.start(on.fleet.workers[-1])
    await lease_runs_out(on)
    assert await on.drained(WITHIN_SECONDS)
    for relay in on.relays:
        relay.drop() if verb == "RCPT" else None
    for slot in frozen:
        slot.life.process.send_signal(signal.SIGCONT)
    await asyncio.sleep(1)
    wanted = {(one, name) for one in references for name in ("alert-0", "confirmation")}
    assert copies(on) == dict.fromkeys(wanted, 1)


async def test_deleted_messages_and_tenfold_messages_change_nothing(on: Stage, facts: ClinicFacts) -> None:
    references: list[str] = []
    for number in range(10):
        references += await accept(on, facts, 1)
        await on.redis.delete(QUEUE)
        if number % 2:
            await on.redis.lpush(QUEUE, *[hint_message(references[-1])] * 10)
    assert await on.drained(WITHIN_SECONDS)
    await until(lambda: on.copies >= 20)
    wanted = {(one, name) for one in references for name in ("alert-0", "confirmation")}
    assert copies(on) == dict.fromkeys(wanted, 1)


async def test_valkey_killed_and_started_again_goes_on_with_both(on: Stage, facts: ClinicFacts) -> None:
    first = await accept(on, facts, 5)
    on.valkey.kill()
    await asyncio.to_thread(on.valkey.start)
    second = await accept(on, facts, 5)
    if not await on.drained(STORED_WITHIN_SECONDS):
        # The answer to a claim died with the store: nobody knows of that one until its lease has run out.
        await lease_runs_out(on)
    assert await on.drained(WITHIN_SECONDS)
    assert set(copies(on).values()) == {1}
    assert {reference for reference, _ in copies(on)} == {*first, *second}

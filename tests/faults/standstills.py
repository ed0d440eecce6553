"""Standstills: a worker that is frozen past its lease, and a lane in which nothing moves."""

import asyncio
import signal
import time

from tests.faults.kills import Tell
from tests.faults.row import Row
from tests.faults.scenes import RATE, SINGLE_KILL_SECONDS
from tests.faults.stage import stage
from tests.support.relay import Answer

ALERTS_SECONDS = 10.0


async def frozen_worker(tell: Tell, verb: str) -> Row:
    """Freeze a worker in mid-conversation until its leases are over and another has done its work, then wake it."""
    async with stage() as on:
        slow = on.relays[0]
        on.fleet.workers[1].held = True
        on.fleet.kill(on.fleet.workers[1])
        slow.always(verb, {"RCPT": b"250 ok\r\n", "DATA": b"354 go\r\n", "DOT": b"250 taken\r\n"}[verb], delay=2.0)
        load = on.load(20, 1000)
        await load.run()
        while slow.seen[verb] < 8:
            await asyncio.sleep(0.01)
        frozen = on.fleet.workers[0]
        frozen.life.process.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        frozen.life.killed = began  # it counts as a kill that may have hit a sender
        at_freeze = on.copies
        on.fleet.start(on.fleet.workers[1])
        on.fleet.workers[1].held = False
        while on.copies < 40 + at_freeze and time.monotonic() - began < 60 and not await on.drained(0.1):
            await asyncio.sleep(0.1)
        slow.script.clear()
        frozen.life.process.send_signal(signal.SIGCONT)
        await asyncio.sleep(5)
        found = await on.judge()
        too_late = frozen.life.log.read_text().count("delivery_settled_too_late")
    tell(f"frozen at {verb}: {at_freeze} taken at the freeze, {too_late} settled too late, doubled {found.doubled[:3]}")
    return found.row(
        f"worker frozen past its lease, at {verb}",
        f"{found.accepted} enquiries, {at_freeze} mails past their dot at the freeze",
        allowed=at_freeze,
        at_most=SINGLE_KILL_SECONDS,
    )


async def alerts_beside(tell: Tell, title: str, answer: Answer) -> Row:
    """Every confirmation is deferred or stalls; alerts go their way."""
    async with stage() as on:
        for relay in on.relays:
            relay.script["RCPT"] = lambda line: answer if "patient-" in line else None
        load = on.load(400, RATE)
        await load.run()
        deadline = time.monotonic() + 15
        while sum(len(ledger.copies) for ledger in on.ledgers) < 400 and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
        answered = {one.reference: one.at for one in load.answered.values()}
        waits = {copy.reference: copy.at - answered[copy.reference] for ledger in on.ledgers for copy in ledger.copies}
        copies = on.copies
    tell(f"{title}: {len(waits)} alerts of {len(answered)}, longest wait {max(waits.values(), default=0):.1f} s")
    return Row(
        fault=title,
        tried=f"{len(answered)} enquiries; the figures are the alerts'",
        lost=len(answered) - len(waits),
        doubled=copies - len(waits),
        recovery=max(waits.values(), default=0.0),
        at_most=ALERTS_SECONDS,
    )

"""Random kills under load: of intakes, workers, the process that dispatches, and Valkey."""

import asyncio
import random
import signal
import time
from collections.abc import Callable, Sequence

from tests.faults.row import Row
from tests.faults.stage import Stage, stage
from tests.support.fleet import Slot

Tell = Callable[[str], None]
RATE = 35.0
RATE_ROLLING = 20.0


async def kills(seed: int, count: int, share: dict[str, int], tell: Tell, *, title: str) -> Row:
    """Kill the parts named so often each, at random times spread over the load, and count what it cost."""
    chance = random.Random(seed)  # noqa: S311 - a run that can be repeated, not a secret
    victims = [part for part, times in share.items() for _ in range(times)]
    chance.shuffle(victims)
    gap = count / RATE / (len(victims) + 1)
    async with stage() as on:
        load = on.load(count, RATE)
        visitors = asyncio.create_task(load.run())
        hit_senders = 0
        for number, part in enumerate(victims, 1):
            await asyncio.sleep(gap * chance.uniform(0.4, 1.6))
            hit_senders += await _kill(on, part, chance)
            so_far = f"{len(load.answered)} accepted, {on.copies} mails"
            tell(f"seed {seed}: kill {number} of {len(victims)} ({part}), {so_far}")
        await visitors
        tell(f"seed {seed}: all {len(load.answered)} accepted, waiting for the rest of the mails")
        found = await on.judge()
    for fault in found.examples:
        tell(f"seed {seed}: {fault}")
    tell(f"seed {seed}: answers {dict(load.came)}; in the window {found.window}")
    told = ", ".join(f"{times} {part}" for part, times in share.items())
    doubled = f"; one kill doubled {found.most_by_one_kill} at most" if hit_senders else ""
    return found.row(
        f"{title}, seed {seed}",
        f"{count:,} enquiries, {len(victims)} kills ({told}){doubled}; alerts came within {found.worst_alert:.1f} s",
        allowed=hit_senders,
    )


async def _kill(on: Stage, part: str, chance: random.Random) -> int:
    """Kill one; return 1 when it may have been sending."""
    if part == "valkey":
        on.valkey.kill()
        await asyncio.to_thread(on.valkey.start)
        return 0
    slots = on.fleet.intakes if part == "intake" else on.fleet.workers
    slot = await on.leader() if part == "dispatcher" else None
    if slot is None:
        at_work = [one for one in slots if one.at_work]
        slot = chance.choice(at_work or slots)
    on.fleet.kill(slot)
    return 0 if part == "intake" else 1


async def restarts(times: int, tell: Tell) -> Row:
    """Stop intakes and workers politely, one of each after the other, under load."""
    done = 0
    async with stage() as on:
        load = on.load(10**9, RATE_ROLLING, keep_alive=False)
        visitors = asyncio.create_task(load.run())

        async def roll(slots: Sequence[Slot]) -> None:
            nonlocal done
            for turn in range(times // 2):
                while not all(slot.at_work for slot in slots):
                    await asyncio.sleep(0.05)
                life = on.fleet.kill(slots[turn % len(slots)], signal.SIGTERM)
                life.killed = None  # a polite stop is no excuse for a doubled mail
                await asyncio.to_thread(life.process.wait)
                done += 1
                tell(f"restart {done} of {times}, {len(load.answered)} accepted, {on.copies} mails")

        began = time.monotonic()
        await asyncio.gather(roll(on.fleet.intakes), roll(on.fleet.workers))
        took = time.monotonic() - began
        load.stop = True
        await visitors
        found = await on.judge()
        codes = {life.process.returncode for slot in on.fleet.slots for life in slot.lives[:-1]}
    for fault in found.examples:
        tell(f"restarts: {fault}")
    tell(f"restarts: answers {dict(load.came)}, exit codes {codes}, {took:.0f} s")
    if codes != {0}:
        found.others.append(f"exit codes {codes}")
    cut = load.came["cut"]
    return found.row(
        "SIGTERM restarts, rolling, under load",
        f"{found.accepted:,} enquiries, {done} restarts; {cut} connections cut in flight",
    )

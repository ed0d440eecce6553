"""Reminders and escalations while real workers are killed: each goes once, or staff see that it may not have."""

import asyncio
import random
import signal
from collections import Counter
from datetime import UTC, datetime

from clinic.facts import ClinicFacts
from tests.faults.stage import stage
from tests.support.clock import SetClock, pass_time
from tests.support.service import Service

ENQUIRIES = 40
KILLS = 8
CHASING = ("reminder-0", "escalation-0")


async def test_each_goes_once_under_killed_workers(facts: ClinicFacts) -> None:
    always = facts.model_copy(update={"opening_hours": "24/7", "bank_holidays": "none"})
    chance = random.Random(7)  # noqa: S311 - the same kills each time
    async with stage(intakes=0) as on:
        service = Service(on.redis, always, on.relays[0].url, SetClock(datetime.now(UTC)))
        references = [(await service.accept(number)).reference for number in range(ENQUIRIES)]
        await pass_time(on.redis, 5 * 3600)
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.05, 0.4))
            on.fleet.kill(chance.choice([slot for slot in on.fleet.workers if slot.alive]), signal.SIGKILL)
            await on.fleet.all_at_work()
            await pass_time(on.redis, 16)
        assert await on.drained(60, later=())
        copies = Counter((one.reference, one.delivery) for ledger in on.ledgers for one in ledger.copies)
        attention = {member.decode() for member in await on.redis.zrange("attention", 0, -1)}
        for reference in references:
            for name in CHASING:
                seen, doubtful = copies[reference, name], f"{reference}/{name}" in attention
                assert seen == 1 or (seen == 0 and doubtful), f"{reference}/{name}: {seen} copies"

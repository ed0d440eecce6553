"""What is over is forgotten, and nothing that is still to be sent or seen to."""

from datetime import UTC, datetime, timedelta

from clinic.acts import Acts
from clinic.facts import ClinicFacts
from clinic.retention import Retention
from clinic.store import Staff
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client


async def test_only_what_is_over_is_forgotten_and_nothing_undelivered(redis: Client, facts: ClinicFacts) -> None:
    clock = SetClock(datetime.now(UTC) - timedelta(days=91))
    async with ScriptedRelay() as relay:
        service = Service(redis, facts, relay.url, clock)
        answered, failed, unanswered = [(await service.accept(number)).reference for number in range(3)]
        await service.work()
        acts = Acts(service.staff, service.seal)
        for one in (answered, failed):
            await acts.mark(one, "Jo")
        await redis.zadd("attention", {f"{failed}/confirmation": 1})
        clock.at = datetime.now(UTC)
        recent = (await service.accept(3)).reference
        await service.work()
        await acts.mark(recent, "Jo")
        await service.close()
    retention = Retention(Staff(redis), clock, 90)
    assert await retention.purge() == 1
    kept = {name.decode().partition(":")[2] for name in await redis.keys("enquiry:*")}
    assert kept == {failed, unanswered, recent}
    assert await redis.keys(f"*{answered}*") == []
    assert await retention.purge() == 0

"""What is over is forgotten by the server's clock, and what has to stay holds up nothing that may go."""

from datetime import UTC, datetime, timedelta

from clinic.clock import milliseconds
from clinic.digest import digest_reference
from clinic.retention import Retention
from clinic.store import Staff
from tests.support.desk import SetClock
from tests.support.valkey import Client

KEPT = 90
DAY = timedelta(days=1)
REFERENCE = "CFGH3467"


async def contacted(redis: Client, at: datetime, *references: str, still: str = "sent") -> None:
    """Keep enquiries whose patients were contacted then, with one confirmation that still is so."""
    async with redis.pipeline(transaction=False) as pipe:
        for reference in references:
            pipe.set(f"enquiry:{reference}", b"sealed")
            pipe.hset(f"deliveries:{reference}", "confirmation", f"{still} 1 1 1 0 -")
            pipe.zadd("contacted", {reference: milliseconds(at)})
        await pipe.execute()


async def test_a_worker_whose_clock_is_ahead_forgets_nothing_early(redis: Client) -> None:
    now = datetime.now(UTC)
    await contacted(redis, now, REFERENCE)
    digest = digest_reference(now)
    await redis.rpush(f"digest:{digest}", REFERENCE)
    assert await Retention(Staff(redis), SetClock(now + 365 * DAY), KEPT).purge() == 0
    assert await redis.exists(f"enquiry:{REFERENCE}", f"digest:{digest}") == 2


async def test_a_worker_whose_clock_is_behind_forgets_what_is_over(redis: Client) -> None:
    now = datetime.now(UTC)
    await contacted(redis, now - (KEPT + 1) * DAY, REFERENCE)
    digest = digest_reference(now - (KEPT + 1) * DAY)
    await redis.rpush(f"digest:{digest}", REFERENCE)
    assert await Retention(Staff(redis), SetClock(now - 365 * DAY), KEPT).purge() == 1
    assert await redis.exists(f"enquiry:{REFERENCE}", f"digest:{digest}") == 0


async def test_what_is_not_over_stays_to_the_millisecond(redis: Client) -> None:
    clock = SetClock()
    await contacted(redis, clock.now() - KEPT * DAY, REFERENCE)
    retention = Retention(Staff(redis, clock), SetClock(), KEPT)
    assert await retention.purge() == 0
    clock.forward(0.001)
    assert await retention.purge() == 1

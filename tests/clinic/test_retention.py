"""What is over is forgotten by the server's clock, and what has to stay holds up nothing that may go."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from clinic.acts import Acts
from clinic.clock import milliseconds
from clinic.digest import digest_reference
from clinic.facts import ClinicFacts
from clinic.retention import AT_MOST, Retention
from clinic.store import Purging, Rewriting
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
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
    assert await Retention(Purging(redis), Rewriting(redis), KEPT).purge() == 0
    assert await redis.exists(f"enquiry:{REFERENCE}", f"digest:{digest}") == 2


async def test_a_worker_whose_clock_is_behind_forgets_what_is_over(redis: Client) -> None:
    now = datetime.now(UTC)
    await contacted(redis, now - (KEPT + 1) * DAY, REFERENCE)
    digest = digest_reference(now - (KEPT + 1) * DAY)
    await redis.rpush(f"digest:{digest}", REFERENCE)
    assert await Retention(Purging(redis), Rewriting(redis), KEPT).purge() == 1
    assert await redis.exists(f"enquiry:{REFERENCE}", f"digest:{digest}") == 0


async def test_what_is_not_over_stays_to_the_millisecond(redis: Client) -> None:
    clock = SetClock()
    await contacted(redis, clock.now() - KEPT * DAY, REFERENCE)
    retention = Retention(Purging(redis, clock), Rewriting(redis), KEPT)
    assert await retention.purge() == 0
    clock.forward(0.001)
    assert await retention.purge() == 1


@pytest.mark.parametrize("still", ["due", "sending"])
async def test_an_enquiry_of_which_something_is_still_to_be_sent_stays(redis: Client, still: str) -> None:
    clock = SetClock()
    await contacted(redis, clock.now() - (KEPT + 1) * DAY, REFERENCE, still=still)
    retention = Retention(Purging(redis, clock), Rewriting(redis), KEPT)
    assert await retention.purge() == 0
    assert await redis.exists(f"enquiry:{REFERENCE}", f"deliveries:{REFERENCE}") == 2
    await redis.hset(f"deliveries:{REFERENCE}", "confirmation", "sent 1 1 1 0 -")
    assert await retention.purge() == 1


@pytest.mark.parametrize(
    ("still", "goes"), [("sent", True), ("suppressed", True), ("due", False), ("failed", False), ("in_doubt", False)]
)
@pytest.mark.parametrize("listed", [True, False])
async def test_a_list_of_an_opening_or_a_flood_goes_with_its_deliveries_unless_one_asks_for_attention(
    redis: Client, still: str, *, goes: bool, listed: bool
) -> None:
    clock = SetClock()
    then = clock.now() - (KEPT + 1) * DAY
    names = [digest_reference(then), f"F{milliseconds(then)}", f"F{milliseconds(then)}L1"]
    for name in names:
        await redis.hset(f"deliveries:{name}", mapping={"digest-0": "sent 1 1 0 0 -", "digest-1": f"{still} 1 1 0 0 -"})
        if listed:
            await redis.rpush(f"digest:{name}", REFERENCE)
    before = await redis.dbsize()
    assert await Purging(redis, clock).digests(KEPT * DAY // timedelta(milliseconds=1)) == (3 if goes else 0)
    assert await redis.dbsize() == (0 if goes else before)


class TakenBack(Purging):
    """Purges while the marks of what it found over are taken back."""

    async def _over(self, name: str, before_ms: int, at_most: int) -> list[str]:
        found = await super()._over(name, before_ms, at_most)
        await self._redis.zrem(name, *found or ["none"])
        return found


async def test_an_enquiry_whose_mark_is_taken_back_as_it_would_be_purged_stays(redis: Client) -> None:
    clock = SetClock()
    await contacted(redis, clock.now() - (KEPT + 1) * DAY, REFERENCE)
    assert await TakenBack(redis, clock).enquiries(KEPT * DAY // timedelta(milliseconds=1), AT_MOST) == 0
    assert await redis.exists(f"enquiry:{REFERENCE}", f"deliveries:{REFERENCE}") == 2


async def test_what_has_to_stay_holds_up_nothing_that_may_go(redis: Client) -> None:
    now = datetime.now(UTC)
    refused = [f"Q{number:07}" for number in range(5 * AT_MOST // 4)]
    await contacted(redis, now - (KEPT + 2) * DAY, *refused, still="failed")
    await redis.zadd("attention", {f"{reference}/confirmation": 1 for reference in refused})
    await contacted(redis, now - (KEPT + 1) * DAY, REFERENCE)
    await redis.set("enquiry:CFGH3468", b"sealed")
    await redis.zadd("quarantined", {"CFGH3468": milliseconds(now - (KEPT + 1) * DAY)})
    retention = Retention(Purging(redis), Rewriting(redis), KEPT)
    # What a turn looks at is drawn by lot: one in five is passed over, and none thirty times in a row.
    gone = 0
    for _ in range(30):
        gone += await retention.purge() if gone < 2 else 0
    assert await redis.exists(f"enquiry:{REFERENCE}", "enquiry:CFGH3468") == 0
    assert await redis.zcard("contacted") == len(refused)


async def test_a_turn_looks_at_so_many_of_each_and_the_next_goes_on(redis: Client) -> None:
    now = datetime.now(UTC)
    await contacted(redis, now - (KEPT + 1) * DAY, *(f"Q{number:07}" for number in range(AT_MOST + 3)))
    await redis.zadd("quarantined", {f"R{number}": milliseconds(now - (KEPT + 1) * DAY) for number in range(AT_MOST)})
    await redis.zadd("quarantined", {REFERENCE: milliseconds(now)})
    retention = Retention(Purging(redis), Rewriting(redis), KEPT)
    assert [await retention.purge() for _ in range(3)] == [2 * AT_MOST, 3, 0]
    assert await redis.zrange("quarantined", 0, -1) == [REFERENCE.encode()]


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
    retention = Retention(Purging(redis), Rewriting(redis), 90)
    assert await retention.purge() == 1
    kept = {name.decode().partition(":")[2] for name in await redis.keys("enquiry:*")}
    assert kept == {failed, unanswered, recent}
    assert await redis.keys(f"*{answered}*") == []
    assert await retention.purge() == 0


async def test_what_is_forgotten_leaves_the_lists_and_the_disk(redis: Client) -> None:
    clock = SetClock()
    await contacted(redis, clock.now() - (KEPT + 1) * DAY, REFERENCE)
    await redis.zadd("announced", {REFERENCE: 1, "CFGH3468": 1})
    rewriting = Rewriting(redis)
    while await rewriting.rewritten() is None:
        await asyncio.sleep(0.05)
    assert await Retention(Purging(redis, clock), rewriting, KEPT).purge() == 1
    assert await redis.zrange("announced", 0, -1) == [b"CFGH3468"]
    assert (await redis.get("rewrite")).startswith(b"begun ")


async def test_what_is_forgotten_while_the_disk_is_seen_to_is_seen_to_after_it(redis: Client) -> None:
    clock = SetClock()
    await contacted(redis, clock.now() - (KEPT + 1) * DAY, REFERENCE)
    assert await Purging(redis, clock).enquiries(KEPT * 86_400_000, AT_MOST) == 1
    assert await Rewriting(redis).wished()

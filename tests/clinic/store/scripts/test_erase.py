"""What is erased is sent no more, leaves no list, and keeps of its deliveries only how they ended."""

from clinic.delivery import Lane, State
from clinic.store import Staff, Store
from clinic.store.words import Settlement
from tests.clinic.store.enquiries import ALERT, CONFIRMATION, claimed, enquiry, entry
from tests.support.clock import SetClock
from tests.support.valkey import Client

REFERENCE = "CFGH3467"


async def test_what_is_under_way_when_it_is_erased_can_neither_leave_nor_settle(
    store: Store, redis: Client, clock: SetClock
) -> None:
    await store.accept(enquiry(REFERENCE))
    begun, leaving = await claimed(store, Lane.PATIENT), await claimed(store, Lane.RECEPTION)
    await store.hold([leaving], State.SENDING)
    assert await Staff(redis, clock).erase(REFERENCE, b"who")
    assert await store.hold([begun, leaving], State.SENDING) == [False, False]
    assert await store.settle([Settlement(leaving, State.DUE, "dot-silence")]) == [False]
    for name in (CONFIRMATION, ALERT):
        assert await entry(redis, REFERENCE, name) == "suppressed 2 0 1 0 erased"
    assert await redis.zcard("diary") == 0


async def test_what_was_sent_before_an_erasure_is_still_known_to_have_been(
    store: Store, redis: Client, clock: SetClock
) -> None:
    await store.accept(enquiry(REFERENCE))
    await store.settle([Settlement(await claimed(store, Lane.PATIENT), State.SENT, "dot-250")])
    assert await Staff(redis, clock).erase(REFERENCE, b"who")
    assert (await entry(redis, REFERENCE, CONFIRMATION)).startswith("sent ")


async def test_an_erased_enquiry_stands_on_no_list(store: Store, redis: Client, clock: SetClock) -> None:
    staff = Staff(redis, clock)
    await store.accept(enquiry(REFERENCE, quarantined=True))
    failed, away = await claimed(store, Lane.PATIENT), await claimed(store, Lane.RECEPTION)
    await store.settle([Settlement(failed, State.FAILED, "rcpt-550")])
    await store.settle([Settlement(away, State.DUE, "connect-silence", delay_ms=60_000, stranded=True)])
    await staff.mark_contacted(REFERENCE, b"who")
    lists = ("diary", "attention", "open", "contacted", "quarantined", "stranded", "retrying")
    assert [name for name in lists if not await redis.zcard(name)] == ["open"]
    assert await staff.erase(REFERENCE, b"who")
    assert [name for name in lists if await redis.zcard(name)] == []
    assert [act.split(b" ")[1] for act in await redis.lrange(f"acts:{REFERENCE}", 0, -1)] == [b"erased"]


async def test_an_enquiry_that_nobody_answered_is_open_no_more_once_erased(
    store: Store, redis: Client, clock: SetClock
) -> None:
    await store.accept(enquiry(REFERENCE))
    assert await redis.zcard("open") == 1
    assert await Staff(redis, clock).erase(REFERENCE, b"who")
    assert await redis.zcard("open") == 0
    assert not await Staff(redis, clock).erase(REFERENCE, b"who")
    assert await redis.hget("counts", "erased") == b"1"

"""A mark that was a mistake is taken back, under tokens that nobody holds; what was never marked stays as it is."""

import pytest

from clinic.clock import milliseconds
from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.store import Staff, Store
from clinic.store.words import Dues, NewDelivery, Settlement
from tests.clinic.store.enquiries import ALERT, claimed, enquiry, entry
from tests.support.clock import SetClock
from tests.support.valkey import Client

REMINDER, ESCALATION = DeliveryName(Kind.REMINDER), DeliveryName(Kind.ESCALATION)
LATER_MS = 1_795_900_000_000
DUES = Dues(1_795_014_400_000, LATER_MS, LATER_MS + 1)


async def test_only_what_the_mark_suppressed_is_due_again(store: Store, redis: Client, clock: SetClock) -> None:
    staff = Staff(redis, clock)
    deliveries = [
        NewDelivery(ALERT, State.SUPPRESSED, None, "flooded"),
        NewDelivery(REMINDER, State.DUE, LATER_MS),
        NewDelivery(ESCALATION, State.SUPPRESSED, None, "quarantine-trap"),
    ]
    await store.accept(enquiry("CFGH3467", deliveries=deliveries))
    opened = await redis.zrange("open", 0, -1, withscores=True)
    assert not await staff.reopen("CFGH3467", DUES, b"who")
    assert await redis.exists("acts:CFGH3467") == 0
    await staff.mark_contacted("CFGH3467", b"who")
    assert await staff.reopen("CFGH3467", DUES, b"who")
    assert await entry(redis, "CFGH3467", REMINDER) == "due 2 0 0 0 reopened"
    assert await entry(redis, "CFGH3467", ALERT) == "suppressed 0 0 0 0 flooded"
    assert await entry(redis, "CFGH3467", ESCALATION) == "suppressed 0 0 0 0 quarantine-trap"
    assert await redis.zrange("diary", 0, -1, withscores=True) == [(b"CFGH3467/reminder-0", LATER_MS)]
    assert await redis.zrange("open", 0, -1, withscores=True) == opened
    assert [act.split(b" ")[1:] for act in await staff.acts("CFGH3467")] == [
        [b"contacted", b"who"],
        [b"reopened", b"who"],
    ]


@pytest.mark.parametrize(
    ("ended", "stands"), [(State.FAILED, "due 3 0 0 0 reopened"), (State.IN_DOUBT, "in_doubt 1 1 0 0 late")]
)
async def test_what_chased_in_vain_is_tried_again_and_what_may_have_arrived_is_for_staff_to_see(
    store: Store, redis: Client, clock: SetClock, ended: State, stands: str
) -> None:
    staff, attention = Staff(redis, clock), f"CFGH3467/{REMINDER}"
    await store.accept(enquiry("CFGH3467", deliveries=[NewDelivery(REMINDER, State.DUE, None)]))
    await store.settle([Settlement(await claimed(store, Lane.RECEPTION), ended, "late")])
    await staff.mark_contacted("CFGH3467", b"who")
    assert await redis.zcard("attention") == 0
    clock.forward(60)
    await staff.reopen("CFGH3467", DUES, b"who")
    assert await entry(redis, "CFGH3467", REMINDER) == stands
    now_ms = milliseconds(clock.now())
    if ended is State.FAILED:
        assert await redis.zcard("attention") == 0
        assert await redis.zrange("diary", 0, -1, withscores=True) == [(attention.encode(), LATER_MS)]
    else:
        assert await redis.zrange("attention", 0, -1, withscores=True) == [(attention.encode(), now_ms)]
        assert await redis.zcard("diary") == 0
        assert await staff.replay("CFGH3467", REMINDER, b"who")


async def test_what_is_over_is_due_now_and_not_late(store: Store, redis: Client, clock: SetClock) -> None:
    staff = Staff(redis, clock)
    await store.accept(enquiry("CFGH3467", deliveries=[NewDelivery(REMINDER, State.DUE, LATER_MS)]))
    await staff.mark_contacted("CFGH3467", b"who")
    await staff.reopen("CFGH3467", Dues(), b"who")
    now_ms = milliseconds(clock.now())
    assert await redis.zrange("diary", 0, -1, withscores=True) == [(b"CFGH3467/reminder-0", now_ms)]
    assert await redis.zscore("open", "CFGH3467") == now_ms


async def test_what_was_erased_since_is_not_brought_back(store: Store, redis: Client, clock: SetClock) -> None:
    staff = Staff(redis, clock)
    await store.accept(enquiry("CFGH3467"))
    await staff.mark_contacted("CFGH3467", b"who")
    await staff.erase("CFGH3467", b"who")
    assert not await staff.reopen("CFGH3467", DUES, b"who")
    assert await redis.zcard("open") == 0

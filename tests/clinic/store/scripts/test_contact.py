"""Whoever was contacted is chased no more, and whatever else is on its way goes on."""

import pytest

from clinic.clock import milliseconds
from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.store import Staff, Store
from clinic.store.words import NewDelivery, Settlement
from tests.clinic.store.enquiries import ALERT, CONFIRMATION, claimed, enquiry, entry
from tests.support.clock import SetClock
from tests.support.valkey import Client

REFERENCE = "CFGH3467"


@pytest.mark.parametrize("kind", [Kind.REMINDER, Kind.ESCALATION])
async def test_what_chases_stops_even_as_it_is_tried_again_and_an_alert_goes_on(
    store: Store, redis: Client, clock: SetClock, kind: Kind
) -> None:
    chases = DeliveryName(kind)
    later_ms = milliseconds(clock.now()) + 1
    await store.accept(
        enquiry(REFERENCE, deliveries=[NewDelivery(chases, State.DUE, None), NewDelivery(ALERT, State.DUE, later_ms)])
    )
    await store.settle([Settlement(await claimed(store, Lane.RECEPTION), State.DUE, "rcpt-451", delay_ms=0)])
    again = await claimed(store, Lane.RECEPTION)
    assert again.name == chases
    assert await redis.zcard("retrying") == 1
    assert await Staff(redis, clock).mark_contacted(REFERENCE, b"who")
    assert await store.hold([again], State.SENDING) == [False]
    assert await entry(redis, REFERENCE, chases) == "suppressed 3 1 1 0 contacted"
    assert await redis.zcard("retrying") == 0
    assert await redis.zrange("diary", 0, -1) == [f"{REFERENCE}/{ALERT}".encode()]


@pytest.mark.parametrize("kind", [Kind.REMINDER, Kind.ESCALATION])
@pytest.mark.parametrize(
    ("ended", "stands"),
    [(State.FAILED, "suppressed 2 1 0 0 contacted"), (State.IN_DOUBT, "in_doubt 1 1 0 0 dot-killed")],
)
async def test_what_chased_in_vain_before_is_nobody_s_worry_and_a_confirmation_that_failed_still_is(
    store: Store, redis: Client, clock: SetClock, kind: Kind, ended: State, stands: str
) -> None:
    chases = DeliveryName(kind)
    both = [NewDelivery(chases, State.DUE, None), NewDelivery(CONFIRMATION, State.DUE, None)]
    await store.accept(enquiry(REFERENCE, deliveries=both))
    for lane in (Lane.RECEPTION, Lane.PATIENT):
        await store.settle([Settlement(await claimed(store, lane), ended, "dot-killed")])
    assert await redis.zcard("attention") == 2
    assert await Staff(redis, clock).mark_contacted(REFERENCE, b"who")
    assert await redis.zrange("attention", 0, -1) == [f"{REFERENCE}/{CONFIRMATION}".encode()]
    # That it may have arrived stays true.
    assert await entry(redis, REFERENCE, chases) == stands
    assert await redis.zcard("diary") == 0


async def test_every_act_is_kept_and_counted(store: Store, redis: Client, clock: SetClock) -> None:
    staff = Staff(redis, clock)
    await store.accept(enquiry(REFERENCE))
    assert await staff.mark_contacted(REFERENCE, b"who")
    assert not await staff.mark_contacted(REFERENCE, b"again")
    assert not await staff.mark_contacted(REFERENCE, b"with a note", noted=True)
    acts = [act.split(b" ", 1)[1] for act in await redis.lrange(f"acts:{REFERENCE}", 0, -1)]
    assert acts == [b"contacted who", b"noted with a note"]
    assert await redis.hgetall("counts") == {b"accepted": b"1", b"contacted": b"1", b"noted": b"1"}

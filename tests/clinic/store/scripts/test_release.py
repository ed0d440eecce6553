"""What was set aside is sent when a human says so, once."""

from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.store import Staff, Store
from clinic.store.words import NewDelivery
from tests.clinic.store.enquiries import ALERT, CONFIRMATION, claimed, enquiry, entry
from tests.support.clock import SetClock
from tests.support.valkey import Client


async def test_what_is_quarantined_waits_for_a_human_who_may_release_it_once(
    store: Store, redis: Client, clock: SetClock
) -> None:
    staff = Staff(redis, clock)
    suspected = [
        NewDelivery(CONFIRMATION, State.SUPPRESSED, None, "no-person"),
        NewDelivery(ALERT, State.SUPPRESSED, None, "quarantine-trap"),
    ]
    await store.accept(enquiry("CFGH3467", deliveries=suspected, quarantined=True))
    assert await store.claim(Lane.RECEPTION, 9) == await store.claim(Lane.PATIENT, 9) == []
    assert await staff.quarantined(9) == ([("CFGH3467", 1_795_000_000_000)], 1)
    assert await staff.release("CFGH3467", b"who")
    assert not await staff.release("CFGH3467", b"who")
    assert (await claimed(store, Lane.RECEPTION)).name == ALERT
    assert await store.claim(Lane.PATIENT, 9) == []
    assert (await entry(redis, "CFGH3467", CONFIRMATION)) == "suppressed 0 0 0 0 no-person"
    assert await staff.quarantined(9) == ([], 0)


async def test_of_one_who_was_contacted_already_nobody_is_reminded(
    store: Store, redis: Client, clock: SetClock
) -> None:
    staff = Staff(redis, clock)
    held = [ALERT, DeliveryName(Kind.REMINDER), DeliveryName(Kind.ESCALATION)]
    suspected = [NewDelivery(name, State.SUPPRESSED, None, "quarantine-trap") for name in held]
    await store.accept(enquiry("CFGH3467", deliveries=suspected, quarantined=True))
    assert await staff.mark_contacted("CFGH3467", b"sealed")
    assert await staff.release("CFGH3467", b"who")
    clock.forward(hours=24)
    assert [claim.name for claim in await store.claim(Lane.RECEPTION, 9)] == [ALERT]


async def test_a_notice_that_is_released_waits_in_the_lane_of_channels_and_holds_up_no_mail(
    store: Store, redis: Client, clock: SetClock
) -> None:
    notice = DeliveryName(Kind.NOTICE)
    held = [NewDelivery(name, State.SUPPRESSED, None, "quarantine-trap") for name in (CONFIRMATION, ALERT, notice)]
    await store.accept(enquiry("CFGH3467", deliveries=held, quarantined=True))
    assert await Staff(redis, clock).release("CFGH3467", b"who")
    assert [(await claimed(store, lane)).name for lane in Lane] == [ALERT, CONFIRMATION, notice]
    assert [act.split(b" ", 1)[1] for act in await redis.lrange("acts:CFGH3467", 0, -1)] == [b"released who"]
    assert await redis.hget("counts", "released") == b"1"

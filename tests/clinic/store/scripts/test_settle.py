"""How an attempt ended is stored once: due again, sent for good, or failed for somebody to see."""

from clinic.clock import instant
from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.store import Staff, Store
from clinic.store.words import Settlement
from tests.clinic.store.enquiries import ALERT, CONFIRMATION, DELIVERIES, claimed, enquiry, entry
from tests.support.clock import SetClock
from tests.support.valkey import Client

TOLD = DeliveryName(Kind.UNDELIVERABLE, 0)


async def test_retry_is_due_after_its_delay_and_counts(store: Store, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.RECEPTION)
    await store.settle([Settlement(claim, State.DUE, "rcpt-451", delay_ms=10_000)])
    clock.forward(milliseconds=9_999)
    assert await store.claim(Lane.RECEPTION, 1) == []
    clock.forward(milliseconds=1)
    again = await claimed(store, Lane.RECEPTION)
    assert (again.attempts, again.claims) == (1, 1)


async def test_attempt_that_never_began_is_not_counted(store: Store, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.RECEPTION)
    await store.settle([Settlement(claim, State.DUE, "auth-535", delay_ms=60_000, counted=False)])
    clock.forward(milliseconds=60_000)
    assert (await claimed(store, Lane.RECEPTION)).attempts == 0


async def test_sent_never_goes_back(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.RECEPTION)
    assert await store.settle([Settlement(claim, State.SENT, "dot-250")]) == [True]
    assert await store.settle([Settlement(claim, State.DUE, "dot-silence", delay_ms=0)]) == [False]
    assert (await entry(redis, "CFGH3467", ALERT)).startswith("sent ")
    assert await redis.zrange("diary", 0, -1) == [b"CFGH3467/confirmation"]


async def test_failed_confirmation_waits_for_attention_and_tells_reception_at_once(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.PATIENT)
    await store.settle([Settlement(claim, State.FAILED, "rcpt-550", follow_ups=[TOLD])])
    assert await redis.zrange("attention", 0, -1) == [b"CFGH3467/confirmation"]
    assert {claim.name for claim in await store.claim(Lane.RECEPTION, 9)} == {ALERT, TOLD}
    assert await store.cause("CFGH3467", CONFIRMATION) == "rcpt-550"
    assert await redis.hgetall("counts") == {b"accepted": b"1", b"confirmation.failed": b"1", b"ended.rcpt": b"1"}


async def test_every_address_of_reception_is_told_of_a_confirmation_that_failed(store: Store) -> None:
    await store.accept(enquiry("CFGH3467"))
    told = [DeliveryName(Kind.UNDELIVERABLE, number) for number in range(3)]
    claim = await claimed(store, Lane.PATIENT)
    await store.settle([Settlement(claim, State.FAILED, "rcpt-550", follow_ups=told)])
    assert {claim.name for claim in await store.claim(Lane.RECEPTION, 9)} == {ALERT, *told}


async def test_reception_is_told_again_of_a_confirmation_that_failed_again(
    store: Store, redis: Client, clock: SetClock
) -> None:
    await store.accept(enquiry("CFGH3467", deliveries=DELIVERIES[:1]))
    claim = await claimed(store, Lane.PATIENT)
    await store.settle([Settlement(claim, State.FAILED, "rcpt-550", follow_ups=[TOLD])])
    claim = await claimed(store, Lane.RECEPTION)
    await store.settle([Settlement(claim, State.SENT, "dot-250")])
    assert await Staff(redis, clock).resend("CFGH3467", b"sealed")
    claim = await claimed(store, Lane.PATIENT)
    await store.settle([Settlement(claim, State.FAILED, "rcpt-550", follow_ups=[TOLD])])
    again = await claimed(store, Lane.RECEPTION)
    assert (again.name, again.wanted.partition(".")[0]) == (TOLD, "again")
    assert instant(again.asked_ms) == clock.at


async def test_one_who_is_being_told_is_not_told_twice(store: Store, redis: Client, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467", deliveries=DELIVERIES[:1]))
    claim = await claimed(store, Lane.PATIENT)
    await store.settle([Settlement(claim, State.FAILED, "rcpt-550", follow_ups=[TOLD])])
    telling = await claimed(store, Lane.RECEPTION)
    assert await Staff(redis, clock).resend("CFGH3467", b"sealed")
    claim = await claimed(store, Lane.PATIENT)
    await store.settle([Settlement(claim, State.FAILED, "rcpt-550", follow_ups=[TOLD])])
    assert await store.claim(Lane.RECEPTION, 9) == []
    assert await store.settle([Settlement(telling, State.SENT, "dot-250")]) == [True]

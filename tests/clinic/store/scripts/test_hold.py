"""A claim that is held stays ours, and one that was lost is held no more."""

from clinic.delivery import Lane, State
from clinic.store import Store
from clinic.store.store import LEASE_MS
from clinic.store.words import Settlement
from tests.clinic.store.enquiries import ALERT, claimed, enquiry, entry
from tests.support.clock import SetClock
from tests.support.valkey import Client


async def test_claim_that_is_held_stays_ours(store: Store, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.RECEPTION)
    clock.forward(milliseconds=LEASE_MS - 1)
    assert await store.hold([claim], State.DUE) == [True]
    clock.forward(milliseconds=LEASE_MS - 1)
    assert await store.claim(Lane.RECEPTION, 1) == []


async def test_whoever_lost_a_claim_can_neither_send_nor_settle(store: Store, redis: Client, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467"))
    frozen = await claimed(store, Lane.RECEPTION)
    clock.forward(milliseconds=LEASE_MS)
    await claimed(store, Lane.RECEPTION)
    assert await store.hold([frozen], State.SENDING) == [False]
    assert await store.settle([Settlement(frozen, State.SENT, "dot-250")]) == [False]
    assert await entry(redis, "CFGH3467", ALERT) == "due 2 0 2 0 -"


async def test_prolonging_a_lease_does_not_take_sending_back(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.RECEPTION)
    await store.hold([claim], State.SENDING)
    await store.hold([claim], State.DUE)
    assert (await entry(redis, "CFGH3467", ALERT)).startswith("sending ")


async def test_a_mail_that_was_only_held_is_no_doubt_when_its_worker_dies(
    store: Store, redis: Client, clock: SetClock
) -> None:
    await store.accept(enquiry("CFGH3467"))
    await store.hold([await claimed(store, Lane.RECEPTION)], State.DUE)
    assert (await entry(redis, "CFGH3467", ALERT)).startswith("due ")
    clock.forward(milliseconds=LEASE_MS)
    assert (await claimed(store, Lane.RECEPTION)).doubts == 0


async def test_a_mail_that_leaves_slowly_stays_ours_while_it_is_held(store: Store, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.RECEPTION)
    await store.hold([claim], State.SENDING)
    clock.forward(milliseconds=LEASE_MS - 1)
    assert await store.hold([claim], State.DUE) == [True]
    clock.forward(milliseconds=LEASE_MS - 1)
    assert await store.claim(Lane.RECEPTION, 1) == []


async def test_what_has_ended_is_held_no_more(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.RECEPTION)
    await store.settle([Settlement(claim, State.SENT, "dot-250")])
    assert await store.hold([claim], State.SENDING) == [False]
    assert (await entry(redis, "CFGH3467", ALERT)).startswith("sent ")

"""One enquiry is accepted: whole or not at all, once for each key, under a reference of its own."""

from clinic.delivery import State
from clinic.hint import QUEUE
from clinic.store import Staff, Store
from clinic.store.accepting import HINTS_AT_MOST
from clinic.store.words import NewDelivery, Stored
from tests.clinic.store.enquiries import ALERT, CONFIRMATION, enquiry
from tests.support.clock import SetClock
from tests.support.valkey import Client


async def test_accepted_enquiry_is_stored_whole(store: Store, redis: Client) -> None:
    assert await store.accept(enquiry("CFGH3467")) == Stored("CFGH3467", 1_795_000_000_000, repeated=False)
    assert await redis.get("enquiry:CFGH3467") == b"sealed CFGH3467"
    assert await redis.hgetall("deliveries:CFGH3467") == {
        b"confirmation": b"due 0 0 0 0 -",
        b"alert-0": b"due 0 0 0 0 -",
    }
    assert await redis.zcard("diary") == 2
    assert await redis.llen(QUEUE) == 1


async def test_same_key_and_body_gives_the_first_answer_and_writes_nothing(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467", key=b"k"))
    size = await redis.dbsize()
    again = await store.accept(enquiry("MNPR3467", key=b"k"))
    assert again == Stored("CFGH3467", 1_795_000_000_000, repeated=True)
    assert await redis.dbsize() == size


async def test_same_key_and_other_body_is_a_conflict(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467", key=b"k"))
    assert await store.accept(enquiry("MNPR3467", key=b"k", body=b"c" * 16)) == "conflict"
    assert await redis.exists("enquiry:MNPR3467") == 0


async def test_reference_that_is_taken_is_not_written_over(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467"))
    assert await store.accept(enquiry("CFGH3467")._replace(sealed=b"other")) == "taken"
    assert await redis.get("enquiry:CFGH3467") == b"sealed CFGH3467"


async def test_enquiry_whose_facts_are_not_kept_is_not_stored(store: Store, redis: Client) -> None:
    assert await store.accept(enquiry("CFGH3467", facts="lost")) == "facts"
    assert await redis.exists("enquiry:CFGH3467", "diary") == 0


async def test_hints_stop_piling_up_while_no_worker_takes_them(store: Store, redis: Client) -> None:
    for number in range(2 * HINTS_AT_MOST):
        await store.accept(enquiry(f"CFGH{number:04}"))
    assert await redis.llen(QUEUE) == HINTS_AT_MOST


async def test_after_an_erasure_the_same_form_is_a_new_enquiry(store: Store, redis: Client, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467", key=b"key"))
    assert await Staff(redis, clock).erase("CFGH3467", b"sealed")
    assert await store.accept(enquiry("FFFF3467", key=b"key")) == Stored("FFFF3467", 1_795_000_000_000, repeated=False)
    assert await redis.exists("enquiry:FFFF3467")


async def test_a_confirmation_that_is_withheld_is_counted_by_its_cause_and_an_alert_is_not(
    store: Store, redis: Client
) -> None:
    withheld = NewDelivery(CONFIRMATION, State.SUPPRESSED, None, "recipient-limit")
    await store.accept(enquiry("CFGH3467", deliveries=[withheld, NewDelivery(ALERT, State.DUE, None)]))
    held_back = NewDelivery(ALERT, State.SUPPRESSED, None, "quarantine-trap")
    await store.accept(enquiry("CFGH3468", deliveries=[NewDelivery(CONFIRMATION, State.DUE, None), held_back]))
    assert await redis.hgetall("counts") == {b"accepted": b"2", b"withheld.recipient-limit": b"1"}


async def test_an_enquiry_that_is_set_aside_is_listed_and_counted(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467", quarantined=True))
    await store.accept(enquiry("CFGH3468"))
    assert await redis.zrange("quarantined", 0, -1, withscores=True) == [(b"CFGH3467", 1_795_000_000_000)]
    assert await redis.hgetall("counts") == {b"accepted": b"2", b"quarantined": b"1"}

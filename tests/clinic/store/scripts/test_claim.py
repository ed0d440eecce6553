"""What is due is claimed oldest first, lane by lane, and is nobody else's until its lease runs out."""

from clinic.delivery import CLAIMS_TOGETHER, Lane, State
from clinic.store import Store
from clinic.store.store import LEASE_MS
from clinic.store.words import NewDelivery
from tests.clinic.store.enquiries import ALERT, claimed, enquiry
from tests.support.clock import SetClock
from tests.support.valkey import Client


async def test_claims_come_oldest_first_and_lane_by_lane(store: Store, clock: SetClock) -> None:
    for reference in ("CCCC3467", "FFFF3467", "GGGG3467"):
        await store.accept(enquiry(reference))
        clock.forward(milliseconds=10)
    claims = await store.claim(Lane.RECEPTION, 2)
    assert [(claim.reference, claim.name) for claim in claims] == [("CCCC3467", ALERT), ("FFFF3467", ALERT)]
    assert [claim.reference for claim in await store.claim(Lane.RECEPTION, 2)] == ["GGGG3467"]
    assert len(await store.claim(Lane.PATIENT, 9)) == 3


async def test_what_is_not_yet_due_is_not_claimed(store: Store, clock: SetClock) -> None:
    due = int(clock.at.timestamp() * 1000) + 1000
    await store.accept(enquiry("CFGH3467", deliveries=[NewDelivery(ALERT, State.DUE, due)]))
    assert await store.claim(Lane.RECEPTION, 9) == []
    clock.forward(milliseconds=1000)
    assert len(await store.claim(Lane.RECEPTION, 9)) == 1


async def test_claim_is_ours_until_its_lease_runs_out(store: Store, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467"))
    first = await claimed(store, Lane.RECEPTION)
    clock.forward(milliseconds=LEASE_MS - 1)
    assert await store.claim(Lane.RECEPTION, 1) == []
    clock.forward(milliseconds=1)
    second = await claimed(store, Lane.RECEPTION)
    assert (second.token, second.claims, second.doubts) == (first.token + 1, 2, 0)


async def test_claim_that_died_while_sending_leaves_a_doubt(store: Store, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467"))
    await store.hold([await claimed(store, Lane.RECEPTION)], State.SENDING)
    clock.forward(milliseconds=LEASE_MS)
    assert (await claimed(store, Lane.RECEPTION)).doubts == 1


async def test_what_was_claimed_too_often_and_never_settled_is_tried_alone(store: Store, clock: SetClock) -> None:
    for reference in ("CCCC3467", "FFFF3467"):
        await store.accept(enquiry(reference))
    for _ in range(CLAIMS_TOGETHER):
        assert len(await store.claim(Lane.RECEPTION, 9)) == 2
        clock.forward(milliseconds=LEASE_MS)
    await store.accept(enquiry("GGGG3467"))
    held = await store.claim(Lane.RECEPTION, 9, suspect=False)
    assert (held, held.held_back) == ([], True)
    batches = [await store.claim(Lane.RECEPTION, 9) for _ in range(4)]
    assert [[claim.reference for claim in batch] for batch in batches] == [["CCCC3467"], ["FFFF3467"], ["GGGG3467"], []]
    assert [claim.suspect for batch in batches for claim in batch] == [True, True, False]


async def test_delivery_of_an_erased_enquiry_leaves_the_diary(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467"))
    await redis.delete("enquiry:CFGH3467", "deliveries:CFGH3467")
    assert await store.claim(Lane.RECEPTION, 9) == []
    assert await redis.zrange("diary", 0, -1) == [b"CFGH3467/confirmation"]


async def test_what_a_later_version_made_is_left_to_it_and_holds_up_nothing(
    store: Store, redis: Client, clock: SetClock
) -> None:
    for number in range(30):
        await redis.hset(f"deliveries:FUTURE{number:02}", "telegram-0", "due 0 0 0 0 -")
        await redis.zadd("diary", {f"FUTURE{number:02}/telegram-0": number})
    await store.accept(enquiry("CFGH3467"))
    assert (await claimed(store, Lane.RECEPTION)).name == ALERT
    for _ in range(3):
        clock.forward(milliseconds=LEASE_MS)
        await store.claim(Lane.RECEPTION, 9)
    assert await redis.hget("deliveries:FUTURE00", "telegram-0") == b"due 0 0 0 0 -"
    assert await redis.zscore("diary", "FUTURE00/telegram-0") == 0


async def test_a_name_that_no_version_of_ours_reads_spoils_no_claim(store: Store, redis: Client) -> None:
    await redis.hset("deliveries:FUTURE00", "alert-x1", "due 0 0 0 0 -")
    await redis.zadd("diary", {"FUTURE00/alert-x1": 0})
    await store.accept(enquiry("CFGH3467"))
    assert [claim.name for claim in await store.claim(Lane.RECEPTION, 9)] == [ALERT]
    assert await redis.hget("deliveries:FUTURE00", "alert-x1") == b"due 0 0 0 0 -"

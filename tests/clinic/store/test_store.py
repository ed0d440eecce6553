"""The store's verbs against a real server: whole or not at all, fenced, oldest first, lane by lane."""

from collections.abc import Sequence

import pytest

from clinic.delivery import CLAIMS_TOGETHER, DeliveryName, Kind, Lane, State
from clinic.errors import StoreUnavailable
from clinic.hint import QUEUE
from clinic.store import Staff, Store, connect
from clinic.store.accepting import HINTS_AT_MOST
from clinic.store.plans import packed
from clinic.store.store import DISPATCHER_LEASE_MS, LEASE_MS, PROBE_MS
from clinic.store.words import Claim, NewDelivery, NewEnquiry, Plan, Settlement, Stored
from tests.support.clock import SetClock
from tests.support.valkey import Client, Valkey

CONFIRMATION = DeliveryName(Kind.CONFIRMATION)
ALERT = DeliveryName(Kind.ALERT, 0)
TOLD = DeliveryName(Kind.UNDELIVERABLE, 0)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def store(redis: Client, clock: SetClock) -> Store:
    made = Store(redis, clock)
    await made.keep_facts("facts1", b"{}")
    return made


DELIVERIES = (NewDelivery(CONFIRMATION, State.DUE, None), NewDelivery(ALERT, State.DUE, None))


def enquiry(
    reference: str,
    key: bytes | None = None,
    body: bytes = b"b" * 16,
    deliveries: Sequence[NewDelivery] = DELIVERIES,
    facts: str = "facts1",
    quarantined: bool = False,
) -> NewEnquiry:
    plan = Plan(facts, 1_795_014_400_000, deliveries, quarantined=quarantined)
    return NewEnquiry(
        reference=reference,
        received_ms=1_795_000_000_000,
        sealed=b"sealed " + reference.encode(),
        plan=packed(plan),
        idempotency_key=key,
        body_digest=body,
    )


async def entry(redis: Client, reference: str, name: DeliveryName) -> str:
    return (await redis.hget(f"deliveries:{reference}", str(name)) or b"").decode()


async def claimed(store: Store, lane: Lane) -> Claim:
    (claim,) = await store.claim(lane, 1)
    return claim


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


async def test_claim_that_died_while_sending_leaves_a_doubt(store: Store, clock: SetClock) -> None:
    await store.accept(enquiry("CFGH3467"))
    await store.hold([await claimed(store, Lane.RECEPTION)], State.SENDING)
    clock.forward(milliseconds=LEASE_MS)
    assert (await claimed(store, Lane.RECEPTION)).doubts == 1


async def test_prolonging_a_lease_does_not_take_sending_back(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.RECEPTION)
    await store.hold([claim], State.SENDING)
    await store.hold([claim], State.DUE)
    assert (await entry(redis, "CFGH3467", ALERT)).startswith("sending ")


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


async def test_delivery_of_an_erased_enquiry_leaves_the_diary(store: Store, redis: Client) -> None:
    await store.accept(enquiry("CFGH3467"))
    await redis.delete("enquiry:CFGH3467", "deliveries:CFGH3467")
    assert await store.claim(Lane.RECEPTION, 9) == []
    assert await redis.zrange("diary", 0, -1) == [b"CFGH3467/confirmation"]


async def test_one_process_leads_and_another_takes_over_when_its_lease_ran_out(store: Store, redis: Client) -> None:
    assert (await store.dispatch("one")).leading
    assert not (await store.dispatch("two")).leading
    assert (await store.dispatch("one")).leading
    assert 0 < await redis.pttl("dispatcher") <= DISPATCHER_LEASE_MS
    await redis.delete("dispatcher")
    assert (await store.dispatch("two")).leading


async def test_dispatcher_sees_what_is_due_and_not_claimed_and_the_oldest_of_it(store: Store, clock: SetClock) -> None:
    await store.accept(enquiry("CCCC3467"))
    clock.forward(milliseconds=50)
    await store.accept(enquiry("FFFF3467"))
    await store.claim(Lane.RECEPTION, 1)
    clock.forward(milliseconds=50)
    found = await store.dispatch("one")
    assert (found.due, found.oldest, found.oldest_late_ms, found.hints) == (3, "CCCC3467", 100, 2)


async def test_without_a_clock_of_ours_the_server_s_own_decides(redis: Client) -> None:
    store = Store(redis)
    await store.keep_facts("facts1", b"{}")
    await store.accept(enquiry("CFGH3467"))
    assert len(await store.claim(Lane.RECEPTION, 9)) == 1
    assert await store.claim(Lane.RECEPTION, 9) == []


async def test_one_login_is_tried_at_a_time_and_a_refused_one_shuts_the_door(store: Store) -> None:
    assert await store.login_turn() == 0
    assert 0 < await store.login_turn() <= 10_000
    assert await store.login_refused() == 60_000
    assert 10_000 < await store.login_turn() <= 60_000
    await store.login_succeeded()
    assert await store.login_turn() == 0


async def test_server_that_is_gone_is_named_in_our_words(valkey: Valkey) -> None:
    store = Store(connect(valkey.url))
    valkey.kill()
    with pytest.raises(StoreUnavailable):
        await store.accept(enquiry("CFGH3467"))
    await store.close()


async def test_full_server_takes_no_enquiry_and_still_stores_how_deliveries_ended(valkey: Valkey) -> None:
    client = connect(valkey.url)
    store = Store(client)
    await store.keep_facts("facts1", b"{}")
    await store.accept(enquiry("CFGH3467"))
    await client.config_set("maxmemory", "1mb")
    with pytest.raises(StoreUnavailable, match="OOM"):
        await store.accept(enquiry("MNPR3467"))
    assert await client.exists("enquiry:MNPR3467", "deliveries:MNPR3467") == 0
    claim = await claimed(store, Lane.RECEPTION)
    assert await store.settle([Settlement(claim, State.SENT, "dot-250")]) == [True]
    await store.close()


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
    assert await staff.quarantined(9) == [("CFGH3467", 1_795_000_000_000)]
    assert await staff.release("CFGH3467")
    assert not await staff.release("CFGH3467")
    assert (await claimed(store, Lane.RECEPTION)).name == ALERT
    assert await store.claim(Lane.PATIENT, 9) == []
    assert (await entry(redis, "CFGH3467", CONFIRMATION)) == "suppressed 0 0 0 0 no-person"
    assert await staff.quarantined(9) == []


async def stranded(store: Store, clock: SetClock, *references: str) -> None:
    """Accept enquiries whose alerts find no relay, and are due in an hour."""
    for reference in references:
        clock.forward(milliseconds=1)
        await store.accept(enquiry(reference))
        claim = await claimed(store, Lane.RECEPTION)
        await store.settle([Settlement(claim, State.DUE, "connect-silence", delay_ms=3_600_000, stranded=True)])


async def test_one_stranded_delivery_tries_the_relay_every_ten_seconds(store: Store, clock: SetClock) -> None:
    await stranded(store, clock, "CCCC3467", "FFFF3467")
    for _ in range(3):
        await store.dispatch("one")
        probe = await claimed(store, Lane.RECEPTION)
        assert probe.reference == "CCCC3467"
        await store.settle([Settlement(probe, State.DUE, "connect-silence", delay_ms=3_600_000, stranded=True)])
        clock.forward(milliseconds=PROBE_MS - 1)
        await store.dispatch("one")
        assert await store.claim(Lane.RECEPTION, 9) == []
        clock.forward(milliseconds=1)


async def test_all_stranded_deliveries_are_due_oldest_first_once_a_mail_went_out(
    store: Store, clock: SetClock, redis: Client
) -> None:
    await stranded(store, clock, "GGGG3467", "CCCC3467", "FFFF3467")
    await store.dispatch("one")
    await store.settle([Settlement(await claimed(store, Lane.RECEPTION), State.SENT, "dot-250")])
    clock.forward(milliseconds=PROBE_MS)
    await store.dispatch("one")
    clock.forward(milliseconds=10)
    assert [claim.reference for claim in await store.claim(Lane.RECEPTION, 9)] == ["CCCC3467", "FFFF3467"]
    assert await redis.zcard("stranded") == 0


async def test_what_the_relay_answered_is_not_stranded_any_more(store: Store, redis: Client, clock: SetClock) -> None:
    await stranded(store, clock, "CCCC3467")
    await store.dispatch("one")
    probe = await claimed(store, Lane.RECEPTION)
    await store.settle([Settlement(probe, State.DUE, "rcpt-451", delay_ms=3_600_000)])
    assert await redis.zcard("stranded") == 0
    clock.forward(milliseconds=PROBE_MS)
    await store.dispatch("one")
    assert await store.claim(Lane.RECEPTION, 9) == []


async def test_an_erased_delivery_that_was_stranded_is_forgotten(store: Store, redis: Client, clock: SetClock) -> None:
    await stranded(store, clock, "CCCC3467")
    await redis.delete("enquiry:CCCC3467", "deliveries:CCCC3467", "diary")
    await store.dispatch("one")
    assert await redis.zcard("stranded") == 0


async def test_a_clock_that_was_set_back_puts_off_no_probe(store: Store, clock: SetClock) -> None:
    await stranded(store, clock, "CCCC3467")
    await store.dispatch("one")
    probe = await claimed(store, Lane.RECEPTION)
    await store.settle([Settlement(probe, State.DUE, "connect-silence", delay_ms=3_600_000, stranded=True)])
    clock.forward(milliseconds=-86_400_000)
    await store.dispatch("one")
    assert (await claimed(store, Lane.RECEPTION)).reference == "CCCC3467"

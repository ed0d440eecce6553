"""What neither failed nor is in doubt is not sent again."""

import pytest

from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.store import Staff, Store
from clinic.store.words import Claim, NewDelivery, Settlement
from tests.clinic.store.enquiries import ALERT, CONFIRMATION, claimed, enquiry, entry
from tests.support.clock import SetClock
from tests.support.valkey import Client


async def unsent(store: Store, ended: State) -> Claim:
    """Have a confirmation that ended so after it may have arrived once; return its claim."""
    await store.accept(enquiry("CFGH3467"))
    claim = await claimed(store, Lane.PATIENT)
    await store.settle([Settlement(claim, ended, "dot-killed", doubtful=True)])
    return claim


async def test_what_is_due_or_was_sent_is_not_replayed(store: Store, redis: Client, clock: SetClock) -> None:
    staff = Staff(redis, clock)
    await store.accept(enquiry("CFGH3467"))
    await store.settle([Settlement(await claimed(store, Lane.PATIENT), State.SENT, "dot-250")])
    for name, stands in ((CONFIRMATION, "sent "), (ALERT, "due ")):
        assert await staff.replay("CFGH3467", name, b"who") is None
        assert (await entry(redis, "CFGH3467", name)).startswith(stands)
    assert await redis.exists("acts:CFGH3467") == 0


@pytest.mark.parametrize("ended", [State.FAILED, State.IN_DOUBT])
async def test_what_failed_or_is_in_doubt_is_replayed_as_if_it_had_never_been_tried(
    store: Store, redis: Client, clock: SetClock, ended: State
) -> None:
    staff, failed = Staff(redis, clock), await unsent(store, ended)
    assert await staff.replay("CFGH3467", CONFIRMATION, b"who")
    assert await redis.zcard("attention") == 0
    assert await entry(redis, "CFGH3467", CONFIRMATION) == "due 2 0 0 0 replayed"
    again = await claimed(store, Lane.PATIENT)
    assert (again.token, again.wanted) == (failed.token + 2, "replayed")
    assert [act.split(b" ", 1)[1] for act in await redis.lrange("acts:CFGH3467", 0, -1)] == [b"replayed who"]
    assert await redis.hget("counts", "replayed") == b"1"


@pytest.mark.parametrize("kind", [Kind.REMINDER, Kind.ESCALATION])
@pytest.mark.parametrize(
    ("before", "after"),
    [("failed 1 1 0 0 rcpt-550", "suppressed 2 1 0 0 contacted"), ("in_doubt 1 1 0 1 dot-killed",) * 2],
)
async def test_what_chases_is_not_replayed_once_the_patient_was_contacted(
    store: Store, redis: Client, clock: SetClock, kind: Kind, before: str, after: str
) -> None:
    """As an earlier version left it, or a backup that was taken meanwhile: a mark takes it off the list."""
    staff, chases = Staff(redis, clock), DeliveryName(kind)
    await store.accept(enquiry("CFGH3467", deliveries=[NewDelivery(CONFIRMATION, State.SUPPRESSED, None, "breaker")]))
    await staff.mark_contacted("CFGH3467", b"who")
    await redis.hset("deliveries:CFGH3467", str(chases), before)
    await redis.zadd("attention", {f"CFGH3467/{chases}": 1})
    assert await staff.replay("CFGH3467", chases, b"who") is False
    assert await entry(redis, "CFGH3467", chases) == after
    assert (await redis.zcard("attention"), await redis.zcard("diary")) == (0, 0)
    assert len(await redis.lrange("acts:CFGH3467", 0, -1)) == 1
    assert await redis.hget("counts", "replayed") is None


async def test_a_confirmation_that_failed_is_replayed_though_the_patient_was_contacted(
    store: Store, redis: Client, clock: SetClock
) -> None:
    staff = Staff(redis, clock)
    await unsent(store, State.FAILED)
    await staff.mark_contacted("CFGH3467", b"who")
    assert await staff.replay("CFGH3467", CONFIRMATION, b"who")
    assert (await claimed(store, Lane.PATIENT)).wanted == "replayed"


@pytest.mark.parametrize("ended", [State.FAILED, State.IN_DOUBT])
async def test_what_staff_have_seen_to_asks_for_no_attention_and_is_not_sent(
    store: Store, redis: Client, clock: SetClock, ended: State
) -> None:
    staff = Staff(redis, clock)
    await unsent(store, ended)
    assert await staff.resolve("CFGH3467", CONFIRMATION, b"who")
    assert await redis.zcard("attention") == 0
    assert await entry(redis, "CFGH3467", CONFIRMATION) == "suppressed 2 1 0 1 resolved"
    assert await store.claim(Lane.PATIENT, 9) == []
    assert not await staff.replay("CFGH3467", CONFIRMATION, b"who")
    assert [act.split(b" ", 1)[1] for act in await redis.lrange("acts:CFGH3467", 0, -1)] == [b"resolved who"]
    assert await redis.hget("counts", "resolved") == b"1"

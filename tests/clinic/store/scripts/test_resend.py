"""A confirmation that has ended goes once more, one on its way does not, and of an erased enquiry none does."""

import pytest

from clinic.clock import milliseconds
from clinic.delivery import Lane, State
from clinic.store import Staff, Store
from clinic.store.words import Settlement
from tests.clinic.store.enquiries import CONFIRMATION, claimed, enquiry, entry
from tests.support.clock import SetClock
from tests.support.valkey import Client

REFERENCE = "CFGH3467"


@pytest.mark.parametrize("ended", [State.SENT, State.FAILED, State.IN_DOUBT, State.SUPPRESSED])
async def test_a_confirmation_that_has_ended_however_it_did_is_due_once_more(
    store: Store, redis: Client, clock: SetClock, ended: State
) -> None:
    await store.accept(enquiry(REFERENCE))
    first = await claimed(store, Lane.PATIENT)
    await store.settle([Settlement(first, ended, "dot-250")])
    assert await Staff(redis, clock).resend(REFERENCE, b"who")
    assert await redis.zcard("attention") == 0
    again = await claimed(store, Lane.PATIENT)
    assert (again.name, again.token, again.attempts) == (CONFIRMATION, first.token + 2, 0)
    assert again.wanted == f"resent.{milliseconds(clock.at)}"
    assert [act.split(b" ", 1)[1] for act in await redis.lrange(f"acts:{REFERENCE}", 0, -1)] == [b"resent who"]
    assert await redis.hget("counts", "resent") == b"1"


async def test_a_confirmation_on_its_way_is_left_alone(store: Store, redis: Client, clock: SetClock) -> None:
    staff = Staff(redis, clock)
    await store.accept(enquiry(REFERENCE))
    assert not await staff.resend(REFERENCE, b"who")
    claim = await claimed(store, Lane.PATIENT)
    await store.hold([claim], State.SENDING)
    assert not await staff.resend(REFERENCE, b"who")
    assert await entry(redis, REFERENCE, CONFIRMATION) == "sending 1 0 1 0 -"
    assert await store.hold([claim], State.SENDING) == [True]
    assert await redis.exists(f"acts:{REFERENCE}") == 0


async def test_nothing_is_sent_again_of_an_enquiry_that_was_erased(
    store: Store, redis: Client, clock: SetClock
) -> None:
    staff = Staff(redis, clock)
    await store.accept(enquiry(REFERENCE))
    assert await staff.erase(REFERENCE, b"who")
    assert not await staff.resend(REFERENCE, b"who")
    assert await redis.zcard("diary") == 0
    assert not await staff.resend("CFGH3468", b"who")

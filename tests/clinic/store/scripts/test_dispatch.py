"""One process at a time dispatches: it sees what is due, and tries the relay for what is stranded."""

import pytest

from clinic.clock import milliseconds
from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.store import Logins, Store
from clinic.store.store import DISPATCHER_LEASE_MS, PROBE_MS
from clinic.store.words import NewDelivery, Settlement
from tests.clinic.store.enquiries import ALERT, CONFIRMATION, claimed, enquiry
from tests.support.clock import SetClock
from tests.support.valkey import Client


async def test_one_process_leads_and_another_takes_over_when_its_lease_ran_out(store: Store, redis: Client) -> None:
    assert (await store.dispatch("one")).leading
    assert not (await store.dispatch("two")).leading
    assert (await store.dispatch("one")).leading
    assert 0 < await redis.pttl("dispatcher") <= DISPATCHER_LEASE_MS
    await redis.delete("dispatcher")
    assert (await store.dispatch("two")).leading


@pytest.mark.parametrize("lane", Lane)
async def test_dispatcher_sees_what_is_due_in_any_lane_from_its_millisecond_until_it_is_claimed(
    store: Store, clock: SetClock, lane: Lane
) -> None:
    name = {Lane.RECEPTION: ALERT, Lane.PATIENT: CONFIRMATION, Lane.CHANNEL: DeliveryName(Kind.NOTICE)}[lane]
    due_ms = milliseconds(clock.now()) + 1
    await store.accept(enquiry("CCCC3467", deliveries=[NewDelivery(name, State.DUE, due_ms)]))
    found = await store.dispatch("one")
    assert (found.due, found.hints) == (None, 1)
    clock.forward(milliseconds=1)
    assert (await store.dispatch("one")).due == "CCCC3467"
    await claimed(store, lane)
    assert (await store.dispatch("one")).due is None


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


async def test_what_was_kept_from_trying_the_relay_is_stranded_as_long_as_before(
    store: Store, redis: Client, clock: SetClock
) -> None:
    await stranded(store, clock, "CCCC3467")
    since = await redis.zscore("stranded", "CCCC3467/alert-0")
    await store.dispatch("one")
    probe = await claimed(store, Lane.RECEPTION)
    await store.settle([Settlement(probe, State.DUE, "auth-waiting", delay_ms=9_000, counted=False, stranded=None)])
    assert await redis.zscore("stranded", "CCCC3467/alert-0") == since
    await store.accept(enquiry("FFFF3467"))
    never = await claimed(store, Lane.RECEPTION)
    await store.settle([Settlement(never, State.DUE, "auth-waiting", delay_ms=9_000, counted=False, stranded=None)])
    assert await redis.zcard("stranded") == 1


async def test_a_relay_that_refuses_a_login_is_there_and_nothing_waits_for_it_to_be_back(
    store: Store, redis: Client, clock: SetClock
) -> None:
    await Logins(redis).refused()
    assert not await redis.exists("relay-answered"), "an outage that comes later is none that is over"
    await stranded(store, clock, "CCCC3467", "FFFF3467")
    await Logins(redis).refused()
    await store.dispatch("one")
    assert await redis.zcard("stranded") == 0


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


@pytest.mark.parametrize("answered", [False, True])
async def test_a_stranded_delivery_that_somebody_tries_is_left_to_them(
    store: Store, clock: SetClock, *, answered: bool
) -> None:
    await stranded(store, clock, "CCCC3467", "FFFF3467")
    await store.dispatch("one")
    trying = await claimed(store, Lane.RECEPTION)
    assert trying.reference == "CCCC3467"
    if answered:
        await store.accept(enquiry("GGGG3467"))
        await store.settle([Settlement(await claimed(store, Lane.RECEPTION), State.SENT, "dot-250")])
    clock.forward(milliseconds=PROBE_MS)
    await store.dispatch("one")
    clock.forward(milliseconds=10)
    assert "CCCC3467" not in [claim.reference for claim in await store.claim(Lane.RECEPTION, 9)]
    assert await store.hold([trying], State.SENDING) == [True]

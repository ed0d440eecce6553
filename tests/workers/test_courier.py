"""The courier empties the lanes without one waiting for the other, and gives up nothing it has begun."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import cast

import pytest

from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.errors import StoreUnavailable
from clinic.store import Store
from clinic.store.store import LEASE_MS
from clinic.store.words import Claim, Claims, Settlement
from workers.attempt import ClaimLost
from workers.courier import HOLD_EVERY_SECONDS, PAUSE_SECONDS, SLOTS, Courier, Round
from workers.settlements import Settlements
from workers.trial import Trial


def claim(number: int, kind: Kind) -> Claim:
    return Claim(f"R{number:07}", DeliveryName(kind), token=1, attempts=0, claims=1, doubts=0, sealed=b"")


class Diary:
    """The store as the courier sees it, in plain lists."""

    def __init__(self, due: Iterable[Claim]) -> None:
        self.due = list(due)
        self.settled: list[Settlement] = []
        self.held: list[Claim] = []
        self.refusals = 0
        self.looks: list[Lane] = []

    async def claim(self, lane: Lane, at_most: int, *, suspect: bool) -> Claims:
        assert 0 < at_most <= SLOTS
        self.looks.append(lane)
        due = [one for one in self.due if one.name.lane is lane][:at_most]
        if due and due[0].suspect:
            taken = Claims(due[:1] if suspect else [])
        else:
            taken = Claims(takewhile(lambda one: not one.suspect, due))
        taken.held_back = len(taken) < len(due) and due[len(taken)].suspect and not (taken and taken[0].suspect)
        self.due = [one for one in self.due if one not in taken]
        return taken

    async def settle(self, ends: Sequence[Settlement]) -> list[bool]:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("away")
        self.settled += ends
        return [True] * len(ends)

    async def hold(self, claims: Iterable[Claim], _state: State) -> list[bool]:
        self.held = list(claims)
        return [True] * len(self.held)


def courier(diary: Diary, attempt: Callable[[Claim], Awaitable[Settlement]]) -> Courier:
    settlements = Settlements(cast(Store, diary))

    async def deliver(one: Claim) -> None:
        await settlements.settle(await attempt(one))

    return Courier(cast(Store, diary), deliver)


async def sent(one: Claim) -> Settlement:
    await asyncio.sleep(0)
    return Settlement(one, State.SENT, "dot-250")


async def test_everything_due_is_carried_and_settled_once() -> None:
    diary = Diary([claim(n, kind) for n in range(100) for kind in (Kind.ALERT, Kind.CONFIRMATION)])
    await courier(diary, sent).wake(5)
    assert len(diary.settled) == 200
    assert len({(end.claim.reference, end.claim.name) for end in diary.settled}) == 200


async def test_one_delivery_at_rest_costs_its_lane_two_looks_and_the_others_one() -> None:
    diary = Diary([claim(0, Kind.ALERT)])
    carrying = courier(diary, sent)
    await carrying.wake(5)
    await carrying.stop()
    assert sorted(diary.looks) == [Lane.RECEPTION, Lane.RECEPTION, Lane.PATIENT, Lane.CHANNEL]


async def test_confirmations_that_stall_leave_alerts_their_way() -> None:
    stalled = asyncio.Event()

    async def attempt(one: Claim) -> Settlement:
        if one.name.kind is Kind.CONFIRMATION:
            await stalled.wait()
        return await sent(one)

    diary = Diary([claim(n, Kind.CONFIRMATION) for n in range(3 * SLOTS)])
    carrying = courier(diary, attempt)
    await carrying.wake(0.01)
    diary.due += [claim(n, Kind.ALERT) for n in range(5)]
    await carrying.wake(1)
    assert [end.claim.name.kind for end in diary.settled] == [Kind.ALERT] * 5
    stalled.set()
    await carrying.stop()


async def test_a_stalled_attempt_does_not_keep_its_own_lane_from_what_comes_after() -> None:
    stalled = asyncio.Event()

    async def attempt(one: Claim) -> Settlement:
        if one.reference == "R0000000":
            await stalled.wait()
        return await sent(one)

    diary = Diary([claim(0, Kind.ALERT)])
    carrying = courier(diary, attempt)
    await carrying.wake(0.01)
    diary.due.append(claim(1, Kind.ALERT))
    await carrying.wake(0.01)
    await asyncio.sleep(0.01)
    assert [end.claim.reference for end in diary.settled] == ["R0000001"]
    stalled.set()
    await carrying.stop()


async def test_stop_waits_for_what_was_begun_and_begins_nothing_more() -> None:
    begun = asyncio.Event()

    async def attempt(one: Claim) -> Settlement:
        begun.set()
        await asyncio.sleep(0.05)
        return await sent(one)

    diary = Diary([claim(n, Kind.ALERT) for n in range(SLOTS + 4)])
    carrying = courier(diary, attempt)
    await carrying.wake(0)
    await begun.wait()
    await carrying.stop()
    await carrying.wake(1)
    assert (len(diary.settled), len(diary.due)) == (SLOTS, 4)


@pytest.mark.parametrize("fault", [ClaimLost(), StoreUnavailable("away"), KeyError("bug")])
async def test_attempt_that_breaks_is_left_to_its_lease_and_the_others_go_on(fault: Exception) -> None:
    async def attempt(one: Claim) -> Settlement:
        if one.reference == "R0000000":
            raise fault
        return await sent(one)

    diary = Diary([claim(n, Kind.ALERT) for n in range(5)])
    await courier(diary, attempt).wake(5)
    assert sorted(end.claim.reference for end in diary.settled) == [f"R{n:07}" for n in range(1, 5)]


async def test_end_that_the_store_does_not_take_is_offered_again() -> None:
    diary = Diary([claim(0, Kind.ALERT)])
    diary.refusals = 2
    await courier(diary, sent).wake(5)
    assert len(diary.settled) == 1


async def test_a_suspect_is_carried_with_nothing_beside_it_in_its_lane() -> None:
    beside: list[int] = []
    under_way = 0

    async def attempt(one: Claim) -> Settlement:
        nonlocal under_way
        under_way += 1
        await asyncio.sleep(0.01)
        if one.suspect:
            beside.append(under_way - 1)
        under_way -= 1
        return await sent(one)

    suspects = [replace(claim(n, Kind.ALERT), claims=3) for n in (3, 5, 6)]
    others = [claim(n, Kind.ALERT) for n in (1, 2)]
    diary = Diary([*others, *suspects, *(claim(n, Kind.ALERT) for n in range(7, 12))])
    await courier(diary, attempt).wake(5)
    assert beside == [0, 0, 0]
    assert len(diary.settled) == 10


async def test_what_has_ended_is_held_no_more() -> None:
    carried: list[int] = []

    async def deliver(_one: Claim) -> None:
        carried.append(len(one_lane.carried))

    one_lane = Round(cast(Store, Diary([claim(n, Kind.ALERT) for n in range(3)])), Lane.RECEPTION, deliver, Trial())
    task = one_lane.wake()
    assert task is not None
    await task
    assert len(carried) == 3
    assert min(carried) > 0
    assert one_lane.carried == set()


async def test_suspects_of_both_lanes_are_tried_one_after_the_other() -> None:
    most = under_way = 0

    async def attempt(one: Claim) -> Settlement:
        nonlocal most, under_way
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0.01)
        under_way -= 1
        return await sent(one)

    kinds = (Kind.ALERT, Kind.CONFIRMATION)
    diary = Diary([replace(claim(n, kind), claims=3) for n in range(4) for kind in kinds])
    carrying = courier(diary, attempt)
    await carrying.wake(5)
    await asyncio.sleep(0.1)
    await carrying.stop()
    assert (most, len(diary.settled)) == (1, 8)


async def test_a_wake_that_finds_no_free_slot_costs_no_turns_of_the_loop() -> None:
    stalled = asyncio.Event()

    async def attempt(one: Claim) -> Settlement:
        await stalled.wait()
        return await sent(one)

    diary = Diary([claim(n, Kind.ALERT) for n in range(2 * SLOTS)])
    carrying = courier(diary, attempt)
    await carrying.wake(0.01)
    await carrying.wake(0.01)
    before = time.process_time()
    await asyncio.sleep(0.3)
    assert time.process_time() - before < 0.1
    stalled.set()
    await carrying.stop()


@pytest.mark.parametrize("kind", [Kind.ALERT, Kind.CONFIRMATION, Kind.NOTICE])
async def test_a_lane_that_stalls_keeps_no_hint_for_another_waiting(kind: Kind) -> None:
    stalled = asyncio.Event()

    async def attempt(one: Claim) -> Settlement:
        if one.name.kind is kind:
            await stalled.wait()
        return await sent(one)

    diary = Diary([claim(0, kind)])
    carrying = courier(diary, attempt)
    await carrying.wake(0.01)
    began = time.monotonic()
    for _ in range(5):
        await carrying.wake(5)
    assert time.monotonic() - began < PAUSE_SECONDS
    stalled.set()
    await carrying.stop()


async def test_hints_are_slowed_while_both_lanes_of_mails_are_at_work() -> None:
    stalled = asyncio.Event()

    async def attempt(one: Claim) -> Settlement:
        await stalled.wait()
        return await sent(one)

    carrying = courier(Diary([claim(0, Kind.ALERT), claim(1, Kind.CONFIRMATION)]), attempt)
    await carrying.wake(0.01)
    began = time.monotonic()
    await carrying.wake(5)
    assert time.monotonic() - began >= PAUSE_SECONDS * 0.9
    waiting = asyncio.create_task(carrying.wake(5))
    await asyncio.sleep(0)
    stalled.set()
    async with asyncio.timeout(PAUSE_SECONDS / 2):
        await waiting
    await carrying.stop()


class Away(Diary):
    """A store that is away when it is first asked to prolong leases."""

    def __init__(self, due: Iterable[Claim]) -> None:
        super().__init__(due)
        self.asked: list[tuple[set[str], State]] = []
        self.twice = asyncio.Event()

    async def hold(self, claims: Iterable[Claim], state: State) -> list[bool]:
        held = list(claims)
        self.asked.append(({one.reference for one in held}, state))
        if len(self.asked) == 1:
            raise StoreUnavailable("away")
        self.twice.set()
        return [True] * len(held)


async def test_leases_of_all_lanes_are_prolonged_and_again_after_an_outage_and_no_mail_is_marked_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workers.courier.HOLD_EVERY_SECONDS", 0.01)
    go_on = asyncio.Event()

    async def attempt(one: Claim) -> Settlement:
        await go_on.wait()
        return await sent(one)

    diary = Away([claim(0, Kind.ALERT), claim(1, Kind.CONFIRMATION), claim(2, Kind.NOTICE)])
    carrying = courier(diary, attempt)
    await carrying.wake(0.01)
    holding = asyncio.create_task(carrying.hold())
    async with asyncio.timeout(10):
        await diary.twice.wait()
    assert diary.asked[:2] == [({"R0000000", "R0000001", "R0000002"}, State.DUE)] * 2
    holding.cancel()
    go_on.set()
    await carrying.stop()


def test_a_lease_outlives_one_call_to_prolong_it_that_is_lost() -> None:
    assert 2 * HOLD_EVERY_SECONDS * 1000 < LEASE_MS

"""Ends are stored at once, those that came meanwhile together, and offered again to a store that is away."""

import asyncio
from collections.abc import Sequence
from typing import cast

import pytest

from clinic.delivery import DeliveryName, Kind, State
from clinic.errors import StoreUnavailable
from clinic.store import Store
from clinic.store.words import Claim, Settlement
from workers.settlements import Settlements


def end(number: int) -> Settlement:
    claim = Claim(f"R{number:07}", DeliveryName(Kind.ALERT), token=1, attempts=0, claims=1, doubts=0, sealed=b"")
    return Settlement(claim, State.SENT, "dot-250")


class Diary:
    """A store that takes a moment, and what it was given."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.batches: list[list[Settlement]] = []

    async def settle(self, ends: Sequence[Settlement]) -> list[bool]:
        await asyncio.sleep(0.01)
        if self.faults:
            raise self.faults.pop()
        self.batches.append(list(ends))
        return [True] * len(ends)


async def test_what_ends_while_another_is_stored_is_stored_together() -> None:
    diary = Diary()
    settlements = Settlements(cast(Store, diary))
    await asyncio.gather(*(settlements.settle(end(number)) for number in range(5)))
    await settlements.settle(end(5))
    assert len(diary.batches) <= 3
    assert [one for batch in diary.batches for one in batch] == [end(number) for number in range(6)]


async def test_a_store_that_is_away_is_asked_again() -> None:
    diary = Diary(StoreUnavailable("away"), StoreUnavailable("away"))
    await Settlements(cast(Store, diary)).settle(end(0))
    assert diary.batches == [[end(0)]]


async def test_an_end_is_told_of_before_whoever_waits_for_it_goes_on() -> None:
    told: list[str] = []
    settlements = Settlements(cast(Store, Diary()), lambda claim: told.append(claim.reference))

    async def settled(one: Settlement) -> None:
        await settlements.settle(one)
        told.append("settled")

    await asyncio.gather(*(settled(end(number)) for number in range(3)))
    assert told[0] == "R0000000"
    assert sorted(told) == ["R0000000", "R0000001", "R0000002", "settled", "settled", "settled"]
    assert told.index("R0000002") < len(told) - 1


async def test_an_end_whose_attempt_is_cut_short_while_it_is_stored_is_stored_with_the_others() -> None:
    diary = Diary()
    settlements = Settlements(cast(Store, diary))
    first = asyncio.create_task(settlements.settle(end(0)))
    await asyncio.sleep(0)
    others = [asyncio.create_task(settlements.settle(end(number))) for number in (1, 2)]
    await asyncio.sleep(0)
    first.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(*others)
        await settlements.settle(end(3))
    stored = [one.claim.reference for batch in diary.batches for one in batch]
    assert sorted(set(stored)) == ["R0000000", "R0000001", "R0000002", "R0000003"]


async def test_a_fault_reaches_whoever_waits_and_leaves_the_way_free() -> None:
    diary = Diary(KeyError("bug"))
    settlements = Settlements(cast(Store, diary))
    with pytest.raises(KeyError):
        await settlements.settle(end(0))
    await settlements.settle(end(1))
    assert diary.batches == [[end(1)]]

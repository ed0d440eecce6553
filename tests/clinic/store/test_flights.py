"""Items that wait travel together; each has an answer of its own, in time, whatever becomes of its flight."""

import asyncio
from collections.abc import Sequence

import pytest

from clinic.store.flights import DEAD_END_SECONDS, Flight, Flights


class Port:
    """Takes flights, and has them land or not."""

    def __init__(self, *, flights: int = 1, at_most: int = 10, seconds: float = 5.0) -> None:
        self.left: list[tuple[Sequence[int], Flight[int]]] = []
        self.given_up: list[Flight[int]] = []
        self.flights = Flights(
            lambda items, flight: self.left.append((items, flight)),
            self.given_up.append,
            flights=flights,
            at_most=at_most,
            seconds=seconds,
        )

    def ask(self, item: int, seconds: float | None = None) -> "asyncio.Task[object]":
        return asyncio.create_task(self.flights.call(item, seconds))

    @property
    def items(self) -> list[list[int]]:
        return [list(items) for items, _ in self.left]

    def land(self, number: int) -> None:
        items, flight = self.left[number]
        flight.set_result([10 * item for item in items])


async def turns(count: int = 3) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_what_is_called_in_one_turn_leaves_together_and_the_next_when_it_has_landed() -> None:
    port = Port()
    first = [port.ask(item) for item in (1, 2, 3)]
    await turns()
    later = [port.ask(item) for item in (4, 5)]
    await turns()
    assert port.items == [[1, 2, 3]]
    port.land(0)
    await turns()
    assert port.items == [[1, 2, 3], [4, 5]]
    port.land(1)
    assert await asyncio.gather(*first, *later) == [10, 20, 30, 40, 50]


async def test_a_flight_takes_no_more_than_it_has_room_for() -> None:
    port = Port(flights=2, at_most=2)
    asked = [port.ask(item) for item in range(5)]
    await turns()
    assert port.items == [[0, 1], [2, 3]]
    for number in range(3):
        port.land(number)
    assert await asyncio.gather(*asked) == [0, 10, 20, 30, 40]


async def test_a_fault_is_told_to_all_of_a_flight_and_to_no_other() -> None:
    port = Port(flights=2, at_most=1)
    lost, kept = port.ask(1), port.ask(2)
    await turns()
    port.left[0][1].set_exception(OSError("cut"))
    port.land(1)
    with pytest.raises(OSError, match="cut"):
        await lost
    assert await kept == 20


async def test_who_waits_too_long_is_told_so_and_those_after_take_another_way() -> None:
    port = Port()
    late = port.ask(1, 0.02)
    await turns()
    after = port.ask(2, 5)
    with pytest.raises(TimeoutError):
        await late
    # So soon it is no reason to cut a way on which others may be.
    assert port.given_up == []
    assert port.items == [[1], [2]]
    # What comes of the first now is no answer to the second.
    port.land(0)
    await turns()
    assert not after.done()
    port.land(1)
    assert await after == 20


async def test_the_way_of_a_flight_that_nobody_waits_for_any_more_is_given_up_after_a_while() -> None:
    port = Port()
    late = port.ask(1, 0.02)
    await turns()
    port.left[0][1].left -= DEAD_END_SECONDS
    with pytest.raises(TimeoutError):
        await late
    assert port.given_up == [port.left[0][1]]


async def test_a_visitor_who_leaves_is_no_reason_to_give_up_a_way() -> None:
    port = Port(flights=2, at_most=1)
    gone, answered = port.ask(1, 5), port.ask(2, 0.02)
    await turns()
    port.left[0][1].left -= DEAD_END_SECONDS
    gone.cancel()
    port.land(1)
    await answered
    # The timer rings for the one who was answered.
    await asyncio.sleep(0.05)
    assert port.given_up == []
    assert not port.left[0][1].done()


async def test_a_flight_is_kept_up_for_the_last_who_waits_for_it() -> None:
    port = Port()
    late, patient = port.ask(1, 0.02), port.ask(2, 5)
    await turns()
    with pytest.raises(TimeoutError):
        await late
    assert port.given_up == []
    port.land(0)
    assert await patient == 20


async def test_the_shortest_deadline_holds_though_longer_ones_were_there_first() -> None:
    port = Port()
    patient = port.ask(1, 5)
    await turns()
    hasty = port.ask(2, 0.02)
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        await hasty
    assert asyncio.get_running_loop().time() - began < 1
    port.land(0)
    await turns()
    # Whoever gave up was told that nothing was done, so nothing is.
    assert port.items == [[1]]
    assert await patient == 10


async def test_visitors_who_leave_keep_no_flight_from_leaving() -> None:
    port = Port()
    gone = port.ask(1)
    await turns()
    gone.cancel()
    await turns()
    after = port.ask(2)
    port.land(0)
    await turns()
    port.land(1)
    assert await after == 20

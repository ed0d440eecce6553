"""Flights: what is asked of the store at the same time travels together, and each has an answer of its own."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from clinic.store.timer import Timer

# The way of a flight that has been under way for so long, and that nobody waits for any more, may be a dead end.
DEAD_END_SECONDS = 1.0

Item = TypeVar("Item")


class Passenger(NamedTuple, Generic[Item]):
    """An item, who waits for its answer, and until when."""

    item: Item
    answer: "asyncio.Future[Any]"
    deadline: float


class Flight(Generic[Item]):
    """Items that travel together; it takes an answer for each of them, or a fault for all, and passes them on."""

    def __init__(
        self, passengers: Sequence[Passenger[Item]], left: float, landed: "Callable[[Flight[Item]], None]"
    ) -> None:
        """`left` is when, in the loop's time; `landed` is told when it is over, whatever came of it."""
        self.passengers = passengers
        self.left = left
        self._landed = landed
        self._over = False

    def done(self) -> bool:
        """Return whether it is over."""
        return self._over

    def end(self) -> None:
        """Be over: nobody waits for it any more."""
        self._over = True
        self._landed(self)

    def set_result(self, found: Sequence[Any]) -> None:
        """Give each its answer."""
        for passenger, one in zip(self.passengers, found, strict=True):
            if not passenger.answer.done():
                passenger.answer.set_result(one)
        self.end()

    def set_exception(self, fault: Exception) -> None:
        """Tell all of a fault."""
        for passenger in self.passengers:
            if not passenger.answer.done():
                passenger.answer.set_exception(fault)
        self.end()


class Flights(Generic[Item]):
    """Gathers items while others are under way."""

    def __init__(
        self,
        carry: Callable[[Sequence[Item], Flight[Item]], None],
        give_up: Callable[[Flight[Item]], None],
        *,
        flights: int,
        at_most: int,
        seconds: float,
    ) -> None:
        """Have so many flights at once of so many items; who names no deadline waits at most so many `seconds`.

        `carry` has items answered, and gives the answers to their flight; `give_up` is told of a flight whose way may
        be a dead end.
        """
        self._carry = carry
        self._give_up = give_up
        self._most_flights = flights
        self._at_most = at_most
        self._seconds = seconds
        self._waiting: list[Passenger[Item]] = []
        self._leaving = False
        self._under_way: set[Flight[Item]] = set()
        # Those of them on which nobody counts any more: what comes next takes another way.
        self._late: set[Flight[Item]] = set()
        self._timer = Timer(self._expire)

    async def call(self, item: Item, seconds: float | None = None) -> Any:  # noqa: ANN401 - whatever the store answers
        """Return the answer to an item; raise its fault, or TimeoutError after so many `seconds`."""
        loop = asyncio.get_running_loop()
        passenger = Passenger(item, loop.create_future(), loop.time() + (self._seconds if seconds is None else seconds))
        self._timer.no_later_than(passenger.deadline)
        self._waiting.append(passenger)
        if self._has_room and not self._leaving:
            # In the next turn of the loop, so that what is called in this one goes along.
            self._leaving = True
            loop.call_soon(self._leave)
        return await passenger.answer

    @property
    def _has_room(self) -> bool:
        return len(self._under_way) - len(self._late) < self._most_flights

    def _leave(self) -> None:
        self._leaving = False
        while self._waiting and self._has_room:
            boarding, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
            # Whoever gave up waiting was told that nothing was done, so nothing is.
            boarding = [passenger for passenger in boarding if not passenger.answer.done()]
            if boarding:
                flight = Flight(boarding, asyncio.get_running_loop().time(), self._landed)
                self._under_way.add(flight)
                self._carry([passenger.item for passenger in boarding], flight)

    def _landed(self, flight: Flight[Item]) -> None:
        self._under_way.discard(flight)
        self._late.discard(flight)
        self._leave()

    def _expire(self, now: float) -> float | None:
        """Tell who waited too long; return the earliest deadline that is left.

        Whoever has gone without waiting for an answer is looked at when their time is over: a flight of theirs is late
        only then.
        """
        _told(self._waiting, now)
        for flight in list(self._under_way):
            if _told(flight.passengers, now):
                self._late.add(flight)
            if all(passenger.answer.done() and passenger.deadline <= now for passenger in flight.passengers):
                # Others may be under way on the same line, and have time: a hasty one is no reason to cut it.
                if now - flight.left >= DEAD_END_SECONDS:
                    self._give_up(flight)
                flight.end()
        self._leave()
        left = [*self._waiting, *(passenger for flight in self._under_way for passenger in flight.passengers)]
        return min((one.deadline for one in left if one.deadline > now or not one.answer.done()), default=None)


def _told(passengers: Sequence[Passenger[Any]], now: float) -> bool:
    """Tell those whose time is over; return whether there were any."""
    late = [one for one in passengers if one.deadline <= now and not one.answer.done()]
    for passenger in late:
        passenger.answer.set_exception(TimeoutError("no answer in time"))
    return bool(late)

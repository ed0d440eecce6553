"""Flights: what is asked of the store at the same time travels together, and each has an answer of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar, cast

from redis.exceptions import RedisError

Item = TypeVar("Item")
Waiting = tuple[Item, "asyncio.Future[Any]"]


class Flights(Generic[Item]):
    """Gathers items while others are under way; `carry` gives an answer or a fault for each of a flight, or raises."""

    def __init__(
        self, carry: Callable[[Sequence[Item]], Awaitable[Sequence[Any]]], *, flights: int, at_most: int, seconds: float
    ) -> None:
        """Have so many flights at once of so many items; who names no deadline waits at most so many `seconds`."""
        self._carry = carry
        self._most_flights = flights
        self._at_most = at_most
        self._seconds = seconds
        self._waiting: list[Waiting[Item]] = []
        # What each flight under way carries.
        self._flights: dict[asyncio.Task[None], Sequence[Waiting[Item]]] = {}

    async def call(self, item: Item, seconds: float | None = None) -> Any:  # noqa: ANN401 - whatever the store answers
        """Return the answer to an item; raise its fault, or TimeoutError after so many `seconds`.

        The deadline is a timer on the answer alone: that costs a tenth of a task and holds whatever a library does.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        timer = loop.call_later(self._seconds if seconds is None else max(0, seconds), self._too_late, answer)
        self._waiting.append((item, answer))
        if len(self._flights) < self._most_flights:
            # It begins in the next turn of the loop, so that what is called in this one goes along.
            flight = loop.create_task(self._fly())
            self._flights[flight] = ()
            flight.add_done_callback(self._landed)
        try:
            return await answer
        finally:
            timer.cancel()

    async def _fly(self) -> None:
        flight = cast("asyncio.Task[None]", asyncio.current_task())
        while self._waiting and flight in self._flights:
            batch, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
            # Whoever gave up waiting was told that nothing was done, so nothing is.
            batch = [one for one in batch if not one[1].done()]
            self._flights[flight] = batch
            try:
                found = await self._carry([item for item, _ in batch]) if batch else []
            except (RedisError, OSError, TimeoutError) as fault:
                found = [fault] * len(batch)
            for (_, answer), one in zip(batch, found, strict=True):
                if not answer.done():
                    answer.set_exception(one) if isinstance(one, Exception) else answer.set_result(one)

    def _landed(self, flight: "asyncio.Task[None]") -> None:
        self._flights.pop(flight, None)

    def _too_late(self, answer: "asyncio.Future[Any]") -> None:
        """Give up waiting, and count on the flight that carries it no more: what comes next takes another way."""
        if not answer.done():
            answer.set_exception(TimeoutError("no answer in time"))
        for flight, batch in list(self._flights.items()):
            if any(one[1] is answer for one in batch):
                del self._flights[flight]
                self._end_with_the_last(flight, batch)

    def _end_with_the_last(self, flight: "asyncio.Task[None]", batch: Sequence[Waiting[Item]]) -> None:
        """End a flight that nobody is waiting for any more; whoever still is may yet hear of it."""
        left = [answer for _, answer in batch if not answer.done()]
        if left:
            left[-1].add_done_callback(lambda _: self._end_with_the_last(flight, batch))
        else:
            flight.cancel()

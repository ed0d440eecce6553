"""Batches: what is asked of the store at the same time goes in one call, and each has an answer of its own."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from clinic.store.timer import Timer

# The way of a batch that has been under way for so long, and that nobody waits for any more, may be a dead end.
DEAD_END_SECONDS = 1.0

Item = TypeVar("Item")


class Pending(NamedTuple, Generic[Item]):
    """An item, who waits for its answer, and until when."""

    item: Item
    answer: "asyncio.Future[Any]"
    deadline: float


class Batch(Generic[Item]):
    """Items that go in one call; it takes an answer for each of them, or a fault for all, and passes them on."""

    def __init__(self, pending: Sequence[Pending[Item]], left: float, ended: "Callable[[Batch[Item]], None]") -> None:
        """`left` is when, in the loop's time; `ended` is told when it is over, whatever came of it."""
        self.pending = pending
        self.left = left
        self._ended = ended
        self._over = False

    def done(self) -> bool:
        """Return whether it is over."""
        return self._over

    def end(self) -> None:
        """Be over: nobody waits for it any more."""
        self._over = True
        self._ended(self)

    def set_result(self, found: Sequence[Any]) -> None:
        """Give each its answer."""
        for one, answer in zip(self.pending, found, strict=True):
            if not one.answer.done():
                one.answer.set_result(answer)
        self.end()

    def set_exception(self, fault: Exception) -> None:
        """Tell all of a fault."""
        for one in self.pending:
            if not one.answer.done():
                one.answer.set_exception(fault)
        self.end()


class Batches(Generic[Item]):
    """Gathers items while others are under way."""

    def __init__(
        self,
        send: Callable[[Sequence[Item], Batch[Item]], None],
        give_up: Callable[[Batch[Item]], None],
        *,
        batches: int,
        at_most: int,
        seconds: float,
    ) -> None:
        """Have so many batches at once of so many items; who names no deadline waits at most so many `seconds`.

        `send` has items answered, and their batch is given the answers; `give_up` is told of a batch whose way may
        be a dead end.
        """
        self._send = send
        self._give_up = give_up
        self._most_batches = batches
        self._at_most = at_most
        self._seconds = seconds
        self._waiting: list[Pending[Item]] = []
        self._leaving = False
        self._under_way: set[Batch[Item]] = set()
        # Those of them on which nobody counts any more: what comes next takes another way.
        self._late: set[Batch[Item]] = set()
        self._timer = Timer(self._expire)

    async def call(self, item: Item, seconds: float | None = None) -> Any:  # noqa: ANN401 - whatever the store answers
        """Return the answer to an item; raise its fault, or TimeoutError after so many `seconds`."""
        loop = asyncio.get_running_loop()
        one = Pending(item, loop.create_future(), loop.time() + (self._seconds if seconds is None else seconds))
        self._timer.no_later_than(one.deadline)
        self._waiting.append(one)
        if self._has_room and not self._leaving:
            # In the next turn of the loop, so that what is called in this one goes along.
            self._leaving = True
            loop.call_soon(self._leave)
        return await one.answer

    @property
    def _has_room(self) -> bool:
        return len(self._under_way) - len(self._late) < self._most_batches

    def _leave(self) -> None:
        self._leaving = False
        while self._waiting and self._has_room:
            leaving, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
            # Whoever gave up waiting was told that nothing was done, so nothing is.
            leaving = [one for one in leaving if not one.answer.done()]
            if leaving:
                batch = Batch(leaving, asyncio.get_running_loop().time(), self._ended)
                self._under_way.add(batch)
                self._send([one.item for one in leaving], batch)

    def _ended(self, batch: Batch[Item]) -> None:
        self._under_way.discard(batch)
        self._late.discard(batch)
        self._leave()

    def _expire(self, now: float) -> float | None:
        """Tell who waited too long; return the earliest deadline that is left.

        Whoever has gone without waiting for an answer is looked at when their time is over: a batch of theirs is late
        only then.
        """
        _told(self._waiting, now)
        for batch in list(self._under_way):
            if _told(batch.pending, now):
                self._late.add(batch)
            if all(one.answer.done() and one.deadline <= now for one in batch.pending):
                # Others may be under way on the same connection, and have time: a hasty one is no reason to cut it.
                if now - batch.left >= DEAD_END_SECONDS:
                    self._give_up(batch)
                batch.end()
        self._leave()
        left = [*self._waiting, *(one for batch in self._under_way for one in batch.pending)]
        return min((one.deadline for one in left if one.deadline > now or not one.answer.done()), default=None)


def _told(pending: Sequence[Pending[Any]], now: float) -> bool:
    """Tell those whose time is over; return whether there were any."""
    late = [one for one in pending if one.deadline <= now and not one.answer.done()]
    for one in late:
        one.answer.set_exception(TimeoutError("no answer in time"))
    return bool(late)

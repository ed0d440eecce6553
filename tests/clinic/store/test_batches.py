"""Items that wait go in one call; each has an answer of its own, in time, whatever becomes of its batch."""

import asyncio
from collections.abc import Sequence

import pytest

from clinic.store.batches import DEAD_END_SECONDS, Batch, Batches


class Server:
    """Takes batches, and has them answer or not."""

    def __init__(self, *, batches: int = 1, at_most: int = 10, seconds: float = 5.0) -> None:
        self.left: list[tuple[Sequence[int], Batch[int]]] = []
        self.given_up: list[Batch[int]] = []
        self.batches = Batches(
            lambda items, batch: self.left.append((items, batch)),
            self.given_up.append,
            batches=batches,
            at_most=at_most,
            seconds=seconds,
        )

    def ask(self, item: int, seconds: float | None = None) -> "asyncio.Task[object]":
        return asyncio.create_task(self.batches.call(item, seconds))

    @property
    def items(self) -> list[list[int]]:
        return [list(items) for items, _ in self.left]

    def answer(self, number: int) -> None:
        items, batch = self.left[number]
        batch.set_result([10 * item for item in items])


async def turns(count: int = 3) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_what_is_called_in_one_turn_leaves_together_and_the_next_when_it_is_answered() -> None:
    server = Server()
    first = [server.ask(item) for item in (1, 2, 3)]
    await turns()
    later = [server.ask(item) for item in (4, 5)]
    await turns()
    assert server.items == [[1, 2, 3]]
    server.answer(0)
    await turns()
    assert server.items == [[1, 2, 3], [4, 5]]
    server.answer(1)
    assert await asyncio.gather(*first, *later) == [10, 20, 30, 40, 50]


async def test_a_batch_takes_no_more_than_it_has_room_for() -> None:
    server = Server(batches=2, at_most=2)
    asked = [server.ask(item) for item in range(5)]
    await turns()
    assert server.items == [[0, 1], [2, 3]]
    for number in range(3):
        server.answer(number)
    assert await asyncio.gather(*asked) == [0, 10, 20, 30, 40]


async def test_a_fault_is_told_to_all_of_a_batch_and_to_no_other() -> None:
    server = Server(batches=2, at_most=1)
    lost, kept = server.ask(1), server.ask(2)
    await turns()
    server.left[0][1].set_exception(OSError("cut"))
    server.answer(1)
    with pytest.raises(OSError, match="cut"):
        await lost
    assert await kept == 20


async def test_who_waits_too_long_is_told_so_and_those_after_take_another_way() -> None:
    server = Server()
    late = server.ask(1, 0.02)
    await turns()
    after = server.ask(2, 5)
    with pytest.raises(TimeoutError):
        await late
    # So soon it is no reason to cut a way on which others may be.
    assert server.given_up == []
    assert server.items == [[1], [2]]
    # What comes of the first now is no answer to the second.
    server.answer(0)
    await turns()
    assert not after.done()
    server.answer(1)
    assert await after == 20


async def test_the_way_of_a_batch_that_nobody_waits_for_any_more_is_given_up_after_a_while() -> None:
    server = Server()
    late = server.ask(1, 0.02)
    await turns()
    server.left[0][1].left -= DEAD_END_SECONDS
    with pytest.raises(TimeoutError):
        await late
    assert server.given_up == [server.left[0][1]]


async def test_a_visitor_who_leaves_is_no_reason_to_give_up_a_way() -> None:
    server = Server(batches=2, at_most=1)
    gone, answered = server.ask(1, 5), server.ask(2, 0.02)
    await turns()
    server.left[0][1].left -= DEAD_END_SECONDS
    gone.cancel()
    server.answer(1)
    await answered
    # The timer rings for the one who was answered.
    await asyncio.sleep(0.05)
    assert server.given_up == []
    assert not server.left[0][1].done()


async def test_a_batch_is_kept_up_for_the_last_who_waits_for_it() -> None:
    server = Server()
    late, patient = server.ask(1, 0.02), server.ask(2, 5)
    await turns()
    with pytest.raises(TimeoutError):
        await late
    assert server.given_up == []
    server.answer(0)
    assert await patient == 20


async def test_the_shortest_deadline_holds_though_longer_ones_were_there_first() -> None:
    server = Server()
    patient = server.ask(1, 5)
    await turns()
    hasty = server.ask(2, 0.02)
    began = asyncio.get_running_loop().time()
    with pytest.raises(TimeoutError):
        await hasty
    assert asyncio.get_running_loop().time() - began < 1
    server.answer(0)
    await turns()
    # Whoever gave up was told that nothing was done, so nothing is.
    assert server.items == [[1]]
    assert await patient == 10


async def test_visitors_who_leave_keep_no_batch_from_leaving() -> None:
    server = Server()
    gone = server.ask(1)
    await turns()
    gone.cancel()
    await turns()
    after = server.ask(2)
    server.answer(0)
    await turns()
    server.answer(1)
    assert await after == 20

"""The one timer rings for the earliest of all deadlines, and again for the next that is left."""

import asyncio

import uvloop

from clinic.store.timer import Timer


class Waiting:
    """Deadlines, and when each was found to be over."""

    def __init__(self, *deadlines: float) -> None:
        self.left = sorted(deadlines)
        self.over: list[float] = []
        self.rings = 0

    def expire(self, now: float) -> float | None:
        self.rings += 1
        self.over += [deadline for deadline in self.left if deadline <= now]
        self.left = [deadline for deadline in self.left if deadline > now]
        return min(self.left, default=None)


def test_a_loop_that_is_early_rings_no_more_than_once_for_a_deadline() -> None:
    """Uvloop counts in milliseconds."""

    async def rings() -> int:
        now = asyncio.get_running_loop().time()
        waiting = Waiting(*(now + 0.002 + number * 0.0027 for number in range(20)))
        timer = Timer(waiting.expire)
        for deadline in waiting.left:
            timer.no_later_than(deadline)
        await asyncio.sleep(0.1)
        assert waiting.left == []
        return waiting.rings

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(rings()) <= 20


async def test_every_deadline_is_found_in_its_turn() -> None:
    now = asyncio.get_running_loop().time()
    deadlines = [now + 0.03, now + 0.01, now + 0.05]
    waiting = Waiting(*deadlines)
    timer = Timer(waiting.expire)
    for deadline in deadlines:
        timer.no_later_than(deadline)
    await asyncio.sleep(0.1)
    assert waiting.over == sorted(deadlines)
    assert waiting.left == []


async def test_many_of_one_deadline_ring_once_and_nothing_rings_for_nobody() -> None:
    deadline = asyncio.get_running_loop().time() + 0.01
    waiting = Waiting(*[deadline] * 100)
    timer = Timer(waiting.expire)
    for _ in range(100):
        timer.no_later_than(deadline)
    await asyncio.sleep(0.05)
    rings = waiting.rings
    assert len(waiting.over) == 100
    assert rings == 1
    await asyncio.sleep(0.05)
    assert waiting.rings == rings

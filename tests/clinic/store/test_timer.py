"""The one timer rings for the earliest of all deadlines, and again for the next that is left."""

import asyncio

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
    # A timer of the loop may be early by less than a millisecond.
    assert rings <= 3
    await asyncio.sleep(0.05)
    assert waiting.rings == rings

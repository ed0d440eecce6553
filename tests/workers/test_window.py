"""The window lets one mail after the other through, more when the relay is slow, and holds nobody up for long."""

import asyncio
import time

from clinic.delivery import DeliveryName, Kind
from clinic.store.words import Claim
from workers.window import ENOUGH, PATIENCE_SECONDS, SECONDS_EACH, Window


def claim(number: int) -> Claim:
    return Claim(f"R{number:07}", DeliveryName(Kind.ALERT), token=1, attempts=0, claims=1, doubts=0, sealed=b"")


class Relay:
    """A relay that takes so long on a clock of its own, and sees how many mails stand in the window at once."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.now = 0.0
        self.window = Window(lambda: self.now)

    async def most_at_once(self, mails: int) -> int:
        inside = most = 0

        async def send(one: Claim) -> None:
            nonlocal inside, most
            await self.window.enter(one)
            await asyncio.sleep(0)  # it is marked
            await self.window.clear()
            self.window.leaves_now(one)
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            self.now += self.seconds
            self.window.answered(one)
            await asyncio.sleep(0.001)  # it is stored
            inside -= 1
            self.window.leave(one)

        await asyncio.gather(*(send(claim(number)) for number in range(mails)))
        return most


async def test_one_mail_after_the_other_stands_in_the_window() -> None:
    assert await Relay().most_at_once(40) == 1


async def test_a_slow_relay_is_given_more_at_once_and_a_quick_answer_closes_it_again() -> None:
    relay = Relay()
    relay.seconds = 10 * SECONDS_EACH
    assert relay.window.width == 1
    await relay.most_at_once(1)
    assert relay.window.width > 9
    assert await relay.most_at_once(40) > 9
    relay.seconds = 0
    await relay.most_at_once(1)
    assert relay.window.width == 1


async def test_what_stalls_in_the_window_holds_nobody_up_for_long() -> None:
    window = Window()
    await window.enter(claim(0))
    began = time.monotonic()
    await window.enter(claim(1))
    assert time.monotonic() - began >= PATIENCE_SECONDS * 0.9


async def test_whoever_never_entered_leaves_nothing() -> None:
    window = Window()
    await window.enter(claim(0))
    window.leave(claim(1))
    waiting = asyncio.create_task(window.enter(claim(2)))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    window.leave(claim(0))
    await asyncio.wait_for(waiting, 0.1)


async def test_the_next_is_marked_while_an_answer_is_stored_and_leaves_only_then() -> None:
    window = Window()
    await window.enter(claim(0))
    window.answered(claim(0))
    await window.enter(claim(1))
    leaving = asyncio.create_task(window.clear())
    after = asyncio.create_task(window.enter(claim(2)))
    await asyncio.sleep(2 * PATIENCE_SECONDS)
    assert not leaving.done()
    assert not after.done()
    window.leave(claim(0))
    await asyncio.wait_for(leaving, 0.1)
    window.leave(claim(1))
    await asyncio.wait_for(after, 0.1)


async def test_an_attempt_that_is_cut_short_while_it_waits_gives_its_turn_away() -> None:
    window = Window()
    await window.enter(claim(0))
    waiting = [asyncio.create_task(window.enter(claim(number))) for number in (1, 2)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    window.leave(claim(0))
    await asyncio.wait_for(waiting[1], 0.1)


async def test_no_mail_is_made_ahead_of_those_that_stand_ready() -> None:
    window = Window(lambda: 0.0)
    inside, *ready = (claim(number) for number in range(ENOUGH + 1))
    await window.enter(inside)
    window.leaves_now(inside)
    waiting = [asyncio.create_task(window.enter(one)) for one in ready]
    await asyncio.sleep(0)
    wanted = asyncio.create_task(window.wants())
    await asyncio.sleep(0.01)
    assert not wanted.done()
    window.answered(inside)
    async with asyncio.timeout(1):
        await wanted
    for one in waiting:
        one.cancel()


async def test_a_mail_is_wanted_once_those_that_stood_ready_are_cut_short() -> None:
    window = Window(lambda: 0.0)
    inside, *ready = (claim(number) for number in range(ENOUGH + 2))
    await window.enter(inside)
    waiting = [asyncio.create_task(window.enter(one)) for one in ready]
    await asyncio.sleep(0)
    # Its end can't be stored, nor can the next be marked: the store is away, and for longer than an attempt may last.
    window.answered(inside)
    wanted = asyncio.create_task(window.wants())
    await asyncio.sleep(0.01)
    assert not wanted.done()
    for one in waiting:
        one.cancel()
    async with asyncio.timeout(1):
        await wanted


async def test_a_mail_is_wanted_at_once_where_none_stands_ready() -> None:
    async with asyncio.timeout(1):
        await Window(lambda: 0.0).wants()

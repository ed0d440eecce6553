"""Stopping: what runs in the background ends, though a library loses a cancellation on the way."""

import asyncio

from workers.loop import cancelled


async def test_a_task_whose_library_loses_a_cancellation_ends_all_the_same() -> None:
    lost = 0

    async def run() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                if lost == 2:
                    raise
                lost += 1

    task = asyncio.create_task(run())
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await cancelled([task])
    assert (lost, task.cancelled()) == (2, True)


async def test_a_task_that_ended_by_itself_or_broke_is_no_trouble() -> None:
    async def fine() -> None:
        return

    async def broken() -> None:
        raise ValueError

    tasks = [asyncio.create_task(fine()), asyncio.create_task(broken())]
    await asyncio.sleep(0.01)
    await cancelled(tasks)
    assert isinstance(tasks[1].exception(), ValueError)

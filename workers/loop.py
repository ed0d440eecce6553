"""The event loop of a worker process, in a thread of its own beside Celery's."""

import asyncio
import threading
from collections.abc import Coroutine, Iterable
from typing import Any, TypeVar

import uvloop

Result = TypeVar("Result")
CANCEL_AGAIN_SECONDS = 0.5


class LoopThread:
    """Runs coroutines for threads that have no loop."""

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="event loop", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, Result], seconds: float) -> Result:
        """Run a coroutine to its end and return its result; raise TimeoutError, and cancel it, after `seconds`."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            raise

    def stop(self) -> None:
        """Stop the loop and wait for its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def cancelled(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks, and return when they have ended, however they did.

    Once is not enough: the `wait_for` of Python before 3.12 loses a cancellation that comes as what it waits for ends,
    and redis-py waits so for every write (20 of 1,500 were lost); a worker then never stopped.
    """
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=CANCEL_AGAIN_SECONDS)

"""Signals: whoever serves stops on one, and it is no failure."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stopping(stop: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Call `stop` on SIGINT and SIGTERM, and leave what comes after to others.

    Uvicorn's own handlers would raise the signal again at the end, and the process would end as if it had failed.
    """
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number, None)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

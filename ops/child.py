"""A child: one running process with its group, its output and its end."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections import deque
from pathlib import Path
from typing import Self

from ops.output import lines
from ops.part import Part
from ops.voice import Voice

TETHER = Path(__file__).with_name("tether.py")
LINES_KEPT = 200
# What is still in the pipe of a dead process is read in a moment; a stranger that inherited the pipe is not waited for.
DRAIN_SECONDS = 2.0


class Child:
    """One life of a part, in a session of its own: Ctrl-C reaches only the supervisor, which signals the group."""

    def __init__(self, part: Part, process: Process, pipe: int, voice: Voice) -> None:
        self._part = part
        self._process = process
        self._voice = voice
        self._born = time.monotonic()
        self._kept: deque[str] = deque(maxlen=LINES_KEPT)
        self._ended = asyncio.create_task(self._follow(pipe))

    @classmethod
    async def start(cls, part: Part, voice: Voice) -> Self:
        """Start the process of a part."""
        # A pipe of our own: asyncio's would put the news of the end off until every stranger has closed it, too.
        pipe, its_end = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *part.command),
                stdin=DEVNULL,
                stdout=its_end,
                stderr=STDOUT,
                env=dict(part.environment),
                start_new_session=True,
            )
        except BaseException:
            os.close(pipe)
            raise
        finally:
            os.close(its_end)
        return cls(part, process, pipe, voice)

    @property
    def pid(self) -> int:
        """Return the number of the process, which is also that of its group."""
        return self._process.pid

    @property
    def lines(self) -> tuple[str, ...]:
        """Return its last lines of output, oldest first."""
        return tuple(self._kept)

    @property
    def age(self) -> float:
        """Return the seconds since it was started."""
        return time.monotonic() - self._born

    async def ended(self) -> int:
        """Wait for its end and return the exit code; that of a process killed by a signal is the signal, negative."""
        return await asyncio.shield(self._ended)

    async def stop(self) -> None:
        """Ask the group to end, wait as long as the part may take, then kill what is left of it."""
        self.signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.ended(), self._part.grace)
        except TimeoutError:
            self._voice.say(f"{self._part.name} did not stop within {self._part.grace:g} s and is killed")
            self.signal(signal.SIGKILL)
            await self.ended()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group, if any of it is left."""
        if not self._ended.done():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    async def _follow(self, pipe: int) -> int:
        listening = asyncio.create_task(self._listen(pipe))
        code = await self._process.wait()
        self.signal(signal.SIGKILL)  # what it left behind in its group
        await asyncio.wait({listening}, timeout=DRAIN_SECONDS)
        listening.cancel()
        return code

    async def _listen(self, pipe: int) -> None:
        async for line in lines(pipe):
            self._kept.append(line)
            self._voice.say(line, self._part.name)

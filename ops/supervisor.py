"""The supervisor: starts parts in order, keeps them running, and stops them in reverse order."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence

from ops.child import Child
from ops.part import Backoff, Part
from ops.voice import Voice

STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.05
LINES_SHOWN = 20


class PartFailed(Exception):
    """A part did not become ready; the text says which, what it wrote last and what to do, `code` how to exit."""

    def __init__(self, part: Part, fault: str, lines: Sequence[str], code: int) -> None:
        self.code = code
        said = [f"  {line}" for line in lines[-LINES_SHOWN:]] or ["  (it wrote nothing)"]
        super().__init__("\n".join([f"{part.name} {fault}. Its last lines:", *said, part.advice]))


class Supervisor:
    """Keeps parts running until a signal, the end of what they were wanted for, or an impossible start."""

    def __init__(self, parts: Sequence[Part], voice: Voice, backoff: Backoff | None = None) -> None:
        self._parts = parts
        self._voice = voice
        self._backoff = backoff or Backoff()
        self._children: dict[str, Child] = {}
        self._keepers: list[asyncio.Task[None]] = []
        self._all_ready = False

    async def run(self, purpose: Callable[[], Awaitable[int | None]]) -> int:
        """Start every part, each when the one before is ready, then await `purpose`; stop all and return the exit code.

        A `purpose` that returns None leaves the parts running until SIGINT, SIGTERM or SIGHUP (code 0; 128 + signal
        where it comes before the parts are ready or the purpose fulfilled). A second signal kills them at once. A part
        that ends is started again, except with EX_CONFIG (78) before all that: somebody is watching then, and all of it
        stops with that code. Raise PartFailed when one does not become ready.
        """
        end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        work = asyncio.create_task(self._work(purpose, end))
        with self._signals(end):
            try:
                await asyncio.wait({work, end}, return_when=asyncio.FIRST_COMPLETED)
                return end.result() if end.done() else work.result()
            finally:
                for task in (work, *self._keepers):
                    task.cancel()
                await asyncio.gather(work, *self._keepers, return_exceptions=True)
                for child in reversed(self._children.values()):
                    await child.stop()

    async def _work(self, purpose: Callable[[], Awaitable[int | None]], end: asyncio.Future[int]) -> int:
        for part in self._parts:
            await self._start(part)
            self._keepers.append(asyncio.create_task(self._keep(part, end)))
        code = await purpose()
        if code is not None:
            return code
        self._all_ready = True
        return await end

    async def _start(self, part: Part) -> None:
        child = self._children[part.name] = await Child.start(part, self._voice)
        ended = asyncio.create_task(child.ended())
        try:
            async with asyncio.timeout(part.ready_within):
                while not await part.ready(child):
                    if ended.done():
                        raise PartFailed(part, f"ended with {described(ended.result())}", child.lines, exit_code(ended))
                    await asyncio.wait({ended}, timeout=POLL_SECONDS)
        except TimeoutError:
            fault = f"was not ready within {part.ready_within:g} s"
            raise PartFailed(part, fault, child.lines, os.EX_UNAVAILABLE) from None
        finally:
            ended.cancel()
        self._voice.say(f"{part.name} is ready")

    async def _keep(self, part: Part, end: asyncio.Future[int]) -> None:
        wait = 0.0
        while True:
            child = self._children[part.name]
            code = await child.ended()
            if code == os.EX_CONFIG:
                self._voice.say(f"{part.name} can't run with this configuration: correct what it names above")
                if not self._all_ready:
                    if not end.done():
                        end.set_result(code)
                    return
                # Who edits a file now does not look here; what read it before it was broken goes on.
                wait = self._backoff.longest
                self._voice.say(f"{part.name} is tried again in {wait:g} s, and all others go on")
            else:
                wait = self._backoff.after(wait, child.age)
                self._voice.say(f"{part.name} ended with {described(code)} and is started again in {wait:g} s")
            await asyncio.sleep(wait)
            while True:
                try:
                    self._children[part.name] = await Child.start(part, self._voice)
                    break
                except OSError as error:
                    # No memory or no descriptor just now: a part that is not tried again would be gone for good.
                    wait = self._backoff.after(wait, 0)
                    why = f"{error.strerror}: it is tried again in {wait:g} s"
                    self._voice.say(f"{part.name} can't be started: {why}")
                    await asyncio.sleep(wait)

    @contextlib.contextmanager
    def _signals(self, end: asyncio.Future[int]) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        heard: list[signal.Signals] = []

        def hear(number: signal.Signals) -> None:
            heard.append(number)
            if len(heard) > 1:
                for child in self._children.values():
                    child.signal(signal.SIGKILL)
                return
            self._voice.say("stopping; once more kills at once")
            if not end.done():
                end.set_result(0 if self._all_ready else 128 + number)

        # Whoever started us by nohup wants us to outlive the terminal.
        nohup = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        stops = [number for number in STOPS if not (nohup and number == signal.SIGHUP)]
        for number in stops:
            loop.add_signal_handler(number, hear, number)
        try:
            yield
        finally:
            for number in stops:
                loop.remove_signal_handler(number)


def described(code: int) -> str:
    """Return an exit code as people read it."""
    return f"code {code}" if code >= 0 else signal.Signals(-code).name


def exit_code(ended: asyncio.Task[int]) -> int:
    """Return how we exit when a part ended before it was ready: as it did, if that says that it failed."""
    return ended.result() if ended.result() > 0 else 1

"""Together: scripts that are called in one turn of the loop leave in one write, and are synced to disk together."""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError, ResponseError

from clinic.deadline import answered_within
from clinic.store.line import Answer, Line, Words

# A way that is not open by then may be a dead end: the next try takes another.
OPEN_SECONDS = 1.0

Argument = str | bytes | int


class Together:
    """Calls scripts over one line; each caller gets the answer of its own, or the fault."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        # How long whoever uses this client waits.
        self.seconds = float(redis.connection_pool.connection_kwargs["socket_timeout"])
        self._waiting: list[tuple[Words, Answer]] = []
        self._line: Line | None = None
        self._opening: asyncio.Task[None] | None = None

    async def call(
        self,
        script: AsyncScript,
        keys: Sequence[Argument],
        arguments: Sequence[Argument],
        seconds: float | None = None,
    ) -> Any:  # noqa: ANN401 - whatever a script answers
        """Return a script's answer; raise what redis-py raises for it, and TimeoutError after so many `seconds`."""
        seconds = self.seconds if seconds is None else seconds
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        call = ("EVALSHA", str(script.sha), len(keys), *keys, *arguments)
        try:
            return await self._answered(call, seconds)
        except ResponseError as fault:
            if not str(fault).startswith("NOSCRIPT"):
                raise
        # It was not run: the server is new, or forgot it. A role may load our scripts, and run no text (ops/roles.py).
        await self._answered(("SCRIPT", "LOAD", str(script.script)), deadline - loop.time())
        return await self._answered(call, deadline - loop.time())

    async def _answered(self, words: Words, seconds: float) -> Any:  # noqa: ANN401 - as above
        loop = asyncio.get_running_loop()
        answer: Answer = loop.create_future()
        timer = loop.call_later(seconds, self._too_late, answer, seconds)
        self._waiting.append((words, answer))
        if len(self._waiting) == 1:
            # What is called in the same turn of the loop goes along.
            loop.call_soon(self._leave)
        try:
            return await answer
        except asyncio.CancelledError:
            self._give_up(answer)
            raise
        finally:
            timer.cancel()

    def _leave(self) -> None:
        # Whoever gave up waiting was told that nothing was done, so nothing is.
        self._waiting = [one for one in self._waiting if not one[1].done()]
        if self._line is not None and self._line.usable:
            leaving, self._waiting = self._waiting, []
            if leaving:
                self._line.send(leaving)
        elif self._opening is None and self._waiting:
            self._opening = asyncio.create_task(self._open(), name="line to the store")

    async def _open(self) -> None:
        try:
            lost, self._line = self._line, None
            if lost is not None:
                await lost.give_back()
            self._line = await answered_within(OPEN_SECONDS, Line.open(self._redis))
        except (RedisError, OSError, TimeoutError) as fault:
            refused, self._waiting = self._waiting, []
            for _, answer in refused:
                if not answer.done():
                    answer.set_exception(fault)
        finally:
            self._opening = None
            # For those who came meanwhile.
            asyncio.get_running_loop().call_soon(self._leave)

    def _too_late(self, answer: Answer, seconds: float) -> None:
        if not answer.done():
            answer.set_exception(TimeoutError(f"no answer within {seconds:.1f} s"))
            self._give_up(answer)

    def _give_up(self, answer: Answer) -> None:
        """Give up the line on which an answer is missing: what comes next takes another."""
        if self._line is not None and self._line.owes(answer):
            self._line.cut()

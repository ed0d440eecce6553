"""The pipeline: scripts that are called in one turn of the loop leave in one write, and are synced to disk together."""

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.commands.core import AsyncScript
from redis.exceptions import RedisError, ResponseError

from clinic.deadline import answered_within
from clinic.store.call import Call, Nobody, Waiter
from clinic.store.connection import Connection, packed
from clinic.store.timer import Timer

# A way that is not open by then may be a dead end: the next try takes another.
OPEN_SECONDS = 1.0
# What a server says that was made the replica of another. It keeps our connections, wherever its name leads by now.
DEMOTED = ("READONLY", "MASTERDOWN")
# It may be the same server that its name leads to, and take no writes for a while.
MOVE_EVERY_SECONDS = 1.0
PING = packed("PING")
# A ping goes where nothing else is under way, so that no more than this stands between it and its answer.
PING_SECONDS = 1.0

Argument = str | bytes | int


class Pipeline:
    """Calls scripts over one connection; each caller gets the answer of its own, or the fault."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        # How long whoever uses this client waits.
        self.seconds = float(redis.connection_pool.connection_kwargs["socket_timeout"])
        self._waiting: list[Call] = []
        self._connection: Connection | None = None
        self._opening: asyncio.Task[None] | None = None
        self._timer = Timer(self._expire)
        self._moves = False
        self._moved_at = float("-inf")

    async def call(
        self,
        script: AsyncScript,
        keys: Sequence[Argument],
        arguments: Sequence[Argument],
        seconds: float | None = None,
    ) -> Any:  # noqa: ANN401 - whatever a script answers
        """Return a script's answer; raise what redis-py raises for it, and TimeoutError after so many `seconds`."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        deadline = loop.time() + (self.seconds if seconds is None else seconds)
        self._timer.no_later_than(deadline)
        self._waiting.append(_call(script, keys, arguments, answer, deadline))
        if len(self._waiting) == 1:
            # What is called in the same turn of the loop goes along.
            loop.call_soon(self._leave)
        try:
            return await answer
        except asyncio.CancelledError:
            self.give_up(answer)
            raise

    def send(
        self, script: AsyncScript, keys: Sequence[Argument], arguments: Sequence[Argument], answer: Waiter
    ) -> None:
        """Call a script at once, and whatever waits; who waits for the answer has deadlines of its own."""
        self._waiting.append(_call(script, keys, arguments, answer, float("inf")))
        self._leave()

    async def ping(self) -> None:
        """Use the way where nobody does; one that is dead is given up, and the next is open before anybody needs it.

        Raise what redis-py raises, and TimeoutError, where that can't be had either.
        """
        try:
            await self._ping()
        except (RedisError, OSError, TimeoutError):
            await self._ping()

    async def _ping(self) -> None:
        if self._waiting or (self._connection is not None and self._connection.asked):
            # Whoever is under way finds out.
            return
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(Call(PING, answer, float("inf")))
        self._leave()
        await asyncio.wait({answer}, timeout=PING_SECONDS)
        if answer.done():
            answer.result()
            return
        answer.cancel()
        if self._connection is not None and all(call.answer.done() for call in self._connection.asked):
            # What is at rest may be as dead.
            self._moves = True
            self._connection.cut()
            raise TimeoutError("no answer to a ping")

    def give_up(self, answer: Waiter) -> None:
        """Give up the connection on which an answer is missing: what comes next takes another."""
        if self._connection is not None and self._connection.owes(answer):
            self._connection.cut()

    def _leave(self) -> None:
        # Whoever gave up waiting was told that nothing was done, so nothing is.
        self._waiting = [call for call in self._waiting if not call.answer.done()]
        if self._connection is not None and self._connection.usable:
            leaving, self._waiting = self._waiting, []
            if leaving:
                self._connection.send(leaving)
        elif self._opening is None and self._waiting:
            self._opening = asyncio.create_task(self._open(), name="connection to the store")

    async def _open(self) -> None:
        try:
            lost, self._connection = self._connection, None
            if lost is not None:
                await lost.give_back()
            self._connection = await answered_within(OPEN_SECONDS, self._opened())
        except (RedisError, OSError, TimeoutError) as fault:
            refused, self._waiting = self._waiting, []
            for call in refused:
                if not call.answer.done():
                    call.answer.set_exception(fault)
        finally:
            self._opening = None
            # For those who came meanwhile.
            asyncio.get_running_loop().call_soon(self._leave)

    async def _opened(self) -> Connection:
        if self._moves:
            # Whatever is at rest leads there too.
            self._moves = False
            await self._redis.connection_pool.disconnect(inuse_connections=False)
        return await Connection.open(self._redis, self._refused)

    def _refused(self, call: Call, fault: ResponseError) -> None:
        """Pass on what the server says, unless it does not know the script: it is new, or forgot; then nothing was run.

        A role may load our scripts, and run no text (ops/roles.py).
        """
        if str(fault).startswith(DEMOTED):
            self._move()
        if call.answer.done():
            return
        if self._connection is not None and call.script and str(fault).startswith("NOSCRIPT"):
            load = Call(packed("SCRIPT", "LOAD", call.script), Nobody(), call.deadline)
            self._connection.send([load, call._replace(script="")])
        else:
            call.answer.set_exception(fault)

    def _move(self) -> None:
        """Have what comes next ask anew where the server is."""
        loop = asyncio.get_running_loop()
        if self._connection is not None and loop.time() - self._moved_at >= MOVE_EVERY_SECONDS:
            self._moves, self._moved_at = True, loop.time()
            # Once all is heard that came with this answer.
            loop.call_soon(self._connection.cut)

    def _expire(self, now: float) -> float | None:
        """End what is late, and the connection that owes an answer; return the earliest deadline that is left."""
        owed = list(self._connection.asked) if self._connection is not None else []
        left = [call for call in (*self._waiting, *owed) if not call.answer.done()]
        late = [call for call in left if call.deadline <= now]
        for call in late:
            call.answer.set_exception(TimeoutError("no answer in time"))
        if self._connection is not None and any(call in owed for call in late):
            self._connection.cut()
        return min((call.deadline for call in left if now < call.deadline < float("inf")), default=None)


def _call(
    script: AsyncScript, keys: Sequence[Argument], arguments: Sequence[Argument], answer: Waiter, deadline: float
) -> Call:
    # Packed here, so that what can't be is a fault of its caller's alone.
    command = packed("EVALSHA", str(script.sha), len(keys), *keys, *arguments)
    return Call(command, answer, deadline, str(script.script))

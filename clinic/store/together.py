"""Together: scripts that are called at the same time leave in one write, and their writes are synced together."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from hiredis import pack_command
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.commands.core import AsyncScript
from redis.exceptions import NoScriptError, RedisError, ResponseError

# While one flight is synced the next gathers; more at once would make each smaller.
FLIGHTS = 4
AT_MOST = 8

Argument = str | bytes | int
# A script, how many keys it is given, these and its arguments, and who waits for its answer.
Call = tuple[AsyncScript, Sequence[Argument], "asyncio.Future[Any]"]
Batch = Sequence[Call]


class Together:
    """Calls scripts; each caller gets the answer of its own, or the fault."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: list[Call] = []
        # What each flight under way carries.
        self._flights: dict[asyncio.Task[None], Batch] = {}

    async def call(
        self,
        script: AsyncScript,
        keys: Sequence[Argument],
        arguments: Sequence[Argument],
        seconds: float | None = None,
    ) -> Any:  # noqa: ANN401 - whatever a script answers
        """Return a script's answer; raise what redis-py raises for it, and TimeoutError after so many `seconds`.

        The deadline is a timer on the answer alone: that costs a tenth of a task and holds whatever a library does.
        """
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        timer = None if seconds is None else loop.call_later(seconds, self._too_late, answer, seconds)
        self._waiting.append((script, (len(keys), *keys, *arguments), answer))
        if len(self._flights) < FLIGHTS:
            flight = asyncio.create_task(self._fly())
            self._flights[flight] = ()
            flight.add_done_callback(lambda flight: self._flights.pop(flight, None))
        try:
            return await answer
        finally:
            if timer is not None:
                timer.cancel()

    async def _fly(self) -> None:
        # What is called in the same turn of the loop goes along.
        await asyncio.sleep(0)
        flight = cast("asyncio.Task[None]", asyncio.current_task())
        while self._waiting and flight in self._flights:
            batch, self._waiting = self._waiting[:AT_MOST], self._waiting[AT_MOST:]
            # Whoever gave up waiting was told that nothing was done, so nothing is.
            batch = [one for one in batch if not one[2].done()]
            self._flights[flight] = batch
            try:
                await self._send(batch)
            except (RedisError, OSError, TimeoutError) as fault:
                for _, _, answer in batch:
                    if not answer.done():
                        answer.set_exception(fault)

    def _too_late(self, answer: "asyncio.Future[Any]", seconds: float) -> None:
        """Give up waiting, and count on the flight that carries it no more: what comes next takes another way."""
        for flight, batch in list(self._flights.items()):
            if any(one[2] is answer for one in batch):
                del self._flights[flight]
        if not answer.done():
            answer.set_exception(TimeoutError(f"no answer within {seconds:.1f} s"))

    async def _send(self, batch: Batch) -> None:
        again = []
        for one, found in zip(batch, await self._execute(batch), strict=True):
            if isinstance(found, NoScriptError):
                # It was not run: the server is new, or forgot its scripts.
                again.append(one)
            elif not one[2].done():
                one[2].set_exception(found) if isinstance(found, Exception) else one[2].set_result(found)
        if again:
            for script in {id(script): script for script, _, _ in again}.values():
                await self._redis.script_load(script.script)
            for (_, _, answer), found in zip(again, await self._execute(again), strict=True):
                if not answer.done():
                    answer.set_exception(found) if isinstance(found, Exception) else answer.set_result(found)

    async def _execute(self, batch: Batch) -> list[Any]:
        """Return each answer or fault; raise where there is no connection to be had, or it broke.

        Past redis-py's pipeline: what it does for each word of a command in Python costs more than all the rest of an
        acceptance, and hiredis does it in C.
        """
        if not batch:
            return []
        pool = self._redis.connection_pool
        connection = await pool.get_connection()  # type: ignore[no-untyped-call]  # it has no annotations
        try:
            # Its annotation knows tuples of one word only.
            packed = [pack_command(("EVALSHA", script.sha, *words)) for script, words, _ in batch]  # type: ignore[arg-type]
            await connection.send_packed_command(b"".join(packed), check_health=False)
            return [await self._answer(connection) for _ in batch]
        except BaseException:
            # Whatever comes on it now is the answer to something else.
            await connection.disconnect(nowait=True)
            raise
        finally:
            await pool.release(connection)

    @staticmethod
    async def _answer(connection: AbstractConnection) -> Any:  # noqa: ANN401 - whatever a script answers
        try:
            return await connection.read_response()
        except ResponseError as fault:
            return fault

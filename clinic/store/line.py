"""One connection to the server on which many commands are under way at once; the door to hiredis.

redis-py opens it: TLS, login, database. Then its transport is taken over, because what redis-py does for each command
in Python (a task to write, a timer to read, a borrowed connection) costs ten times what the command does.
"""

import asyncio
from collections import deque
from typing import Any, cast

from hiredis import PushNotification, Reader, pack_command
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as LineLost
from redis.exceptions import ResponseError

Answer = asyncio.Future[Any]
Words = tuple[str | bytes | int, ...]


class Line(asyncio.Protocol):
    """Sends commands as they come; the answers are given in the same order."""

    def __init__(self, pool: ConnectionPool, connection: AbstractConnection, transport: asyncio.Transport) -> None:
        self._pool = pool
        self._connection = connection
        self._transport = transport
        self._opener = transport.get_protocol()
        self._reader = Reader(replyError=ResponseError)
        self._asked: deque[Answer] = deque()
        transport.set_protocol(self)

    @classmethod
    async def open(cls, redis: Redis) -> "Line":
        """Borrow a connection of the pool, which closes it when it is closed itself; raise what redis-py raises."""
        pool = redis.connection_pool
        connection = await pool.get_connection()  # type: ignore[no-untyped-call]  # it has no annotations
        writer: asyncio.StreamWriter = connection._writer  # noqa: SLF001 - redis-py has no other way to its transport
        return cls(pool, connection, cast(asyncio.Transport, writer.transport))

    @property
    def usable(self) -> bool:
        """Return whether a command can be sent on it."""
        return not self._transport.is_closing()

    def send(self, commands: list[tuple[Words, Answer]]) -> None:
        """Send commands in one write; each answer comes to its future, or the fault does."""
        self._asked.extend(answer for _, answer in commands)
        # Its annotation knows words that are texts only.
        self._transport.write(b"".join([pack_command(words) for words, _ in commands]))  # type: ignore[arg-type]

    def owes(self, answer: Answer) -> bool:
        """Return whether the command of this answer was sent on it, and nothing came back."""
        return answer in self._asked

    def cut(self) -> None:
        """Give it up; what is under way on it fails."""
        self._transport.abort()
        self._lose()

    async def give_back(self) -> None:
        """Return the connection to the pool, closed: whatever comes on it now is the answer to something else."""
        self._transport.abort()
        await self._connection.disconnect(nowait=True)
        await self._pool.release(self._connection)

    def data_received(self, data: bytes) -> None:
        """Give each answer to whoever waits for it."""
        self._reader.feed(data)
        while (found := self._reader.gets()) is not False:
            if isinstance(found, PushNotification):
                continue
            answer = self._asked.popleft()
            if not answer.done():
                answer.set_exception(found) if isinstance(found, ResponseError) else answer.set_result(found)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody knows what became of what is under way; whoever closes the pool waits for its opener to hear of it."""
        self._opener.connection_lost(exc)
        self._lose()

    def _lose(self) -> None:
        lost, self._asked = self._asked, deque()
        for answer in lost:
            if not answer.done():
                answer.set_exception(LineLost("the connection was lost before the answer came"))

"""One connection to the server on which many commands are under way at once; the door to hiredis.

redis-py opens it: TLS, login, database. Then its transport is taken over, because what redis-py does for each command
in Python (a task to write, a timer to read, a borrowed connection) costs ten times what the command does.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import cast

from hiredis import PushNotification, Reader, pack_command
from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as LineLost
from redis.exceptions import ResponseError

from clinic.store.call import Call, Waiter

# Is told of a call that the server refused.
Refused = Callable[[Call, ResponseError], None]


def packed(*words: str | bytes | int) -> bytes:
    """Return a command as it travels; raise TypeError or UnicodeError for a word that can't."""
    # Its annotation knows words that are texts only.
    return cast(bytes, pack_command(words))  # type: ignore[arg-type]


class Connection(asyncio.Protocol):
    """Sends commands as they come; the answers are given in the same order."""

    def __init__(
        self, pool: ConnectionPool, borrowed: AbstractConnection, transport: asyncio.Transport, refused: Refused
    ) -> None:
        self._pool = pool
        self._refused = refused
        self._borrowed = borrowed
        self._transport = transport
        self._opener = transport.get_protocol()
        self._reader = Reader(replyError=ResponseError)
        # What was sent and is not answered, in the order in which it was.
        self.asked: deque[Call] = deque()
        transport.set_protocol(self)

    @classmethod
    async def open(cls, redis: Redis, refused: Refused) -> "Connection":
        """Borrow a connection of the pool, which closes it when it is closed itself; raise what redis-py raises."""
        pool = redis.connection_pool
        connection = await pool.get_connection()  # type: ignore[no-untyped-call]  # it has no annotations
        writer: asyncio.StreamWriter = connection._writer  # noqa: SLF001 - redis-py has no other way to its transport
        return cls(pool, connection, cast(asyncio.Transport, writer.transport), refused)

    @property
    def usable(self) -> bool:
        """Return whether a command can be sent on it."""
        return not self._transport.is_closing()

    def send(self, calls: Sequence[Call]) -> None:
        """Send calls in one write; each answer comes to who waits for it, or the fault does."""
        self.asked.extend(calls)
        self._transport.write(b"".join([call.command for call in calls]))

    def owes(self, answer: Waiter) -> bool:
        """Return whether the call of this answer was sent on it, and nothing came back."""
        return any(call.answer is answer for call in self.asked)

    def cut(self) -> None:
        """Give it up; what is under way on it fails."""
        self._transport.abort()
        self._lose()

    async def give_back(self) -> None:
        """Return the connection to the pool, closed: whatever comes on it now is the answer to something else."""
        self._transport.abort()
        await self._borrowed.disconnect(nowait=True)
        await self._pool.release(self._borrowed)

    def data_received(self, data: bytes) -> None:
        """Give each answer to whoever waits for it."""
        self._reader.feed(data)
        while (found := self._reader.gets()) is not False:
            if isinstance(found, PushNotification):
                continue
            call = self.asked.popleft()
            if isinstance(found, ResponseError):
                self._refused(call, found)
            elif not call.answer.done():
                call.answer.set_result(found)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody knows what became of what is under way; whoever closes the pool waits for its opener to hear of it."""
        self._opener.connection_lost(exc)
        self._lose()

    def _lose(self) -> None:
        lost, self.asked = self.asked, deque()
        for call in lost:
            if not call.answer.done():
                call.answer.set_exception(LineLost("the connection was lost before the answer came"))

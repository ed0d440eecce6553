"""What is said on one connection to the relay: several commands may leave together, and each has its answer in turn.

aiosmtplib connects, encrypts and logs in; it takes one answer at a time, so what can be pipelined (RFC 2920) is said
here.
"""

import asyncio
from collections import deque

# More than any relay answers (RFC 5321 section 4.5.3.1.5 has 512 octets to a line); what is beyond is no answer.
LINE_BYTES = 8 * 1024
ANSWER_BYTES = 64 * 1024


class NoAnswer(Exception):
    """The connection is lost, or what came on it is no answer; nothing that follows can be trusted."""


class Dialogue(asyncio.Protocol):
    """Takes over a connection on which the relay waits for commands."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._held = b""
        self._bytes = 0
        self._codes: deque[int] = deque()
        self._over = False
        self._waiting: asyncio.Future[None] | None = None
        transport.set_protocol(self)

    @property
    def usable(self) -> bool:
        """Return whether the relay waits for a command; one that has spoken unasked does not."""
        return not (self._over or self._codes or self._held or self._transport.is_closing())

    def speak(self, words: bytes) -> None:
        """Send what is to be sent, at once."""
        if self._over or self._transport.is_closing():
            raise NoAnswer
        self._transport.write(words)

    async def answer(self) -> int:
        """Return the code of the next answer, in the order of the commands; raise NoAnswer."""
        while not self._codes:
            if self._over:
                raise NoAnswer
            self._waiting = asyncio.get_running_loop().create_future()
            try:
                await self._waiting
            finally:
                self._waiting = None
        return self._codes.popleft()

    def close(self) -> None:
        """Close the connection at once, whatever is still to be sent."""
        self._over = True
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take the answers that are whole by now; of several lines the last one counts (RFC 5321 section 4.2.1)."""
        *lines, self._held = (self._held + data).split(b"\n")
        for line in lines:
            self._bytes += len(line)
            if not _is_answer(line) or self._bytes > ANSWER_BYTES:
                self._end()
                return
            if line[3:4] != b"-":
                self._codes.append(int(line[:3]))
                self._bytes = 0
        if len(self._held) > LINE_BYTES:
            self._end()
        else:
            self._wake()

    def eof_received(self) -> None:
        """The relay has said all it will."""
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why it is lost changes nothing
        """Whoever waits for an answer will have none."""
        self._end()

    def _end(self) -> None:
        self._over = True
        self._transport.close()
        self._wake()

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


def _is_answer(line: bytes) -> bool:
    return len(line) <= LINE_BYTES and line[:3].isdigit() and line[3:4] in (b" ", b"-", b"\r", b"")

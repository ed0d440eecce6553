"""A mail sink that answers every verb after so many milliseconds: a relay that is some way off."""

import asyncio
import sys
from typing import cast

import uvloop

DELAY_SECONDS = float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0


class Session(asyncio.Protocol):
    """Takes whatever comes, verb by verb; pipelined verbs are answered in their order, each after the delay."""

    def __init__(self) -> None:
        self._held = b""
        self._mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport = cast(asyncio.Transport, transport)
        self._say(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer all that is whole."""
        self._held += data
        while True:
            end = b"\r\n.\r\n" if self._mail else b"\r\n"
            line, found, rest = self._held.partition(end)
            if not found:
                return
            self._held = rest
            if self._mail:
                self._mail = False
                self._say(b"250 taken\r\n")
                continue
            verb = line[:4].upper()
            if verb == b"EHLO":
                self._say(b"250-sink\r\n250-PIPELINING\r\n250 SIZE 10485760\r\n")
            elif verb == b"DATA":
                self._mail = True
                self._say(b"354 go on\r\n")
            else:
                self._say(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")

    def _say(self, answer: bytes) -> None:
        if DELAY_SECONDS:
            asyncio.get_running_loop().call_later(DELAY_SECONDS, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


async def serve() -> None:
    """Serve for ever."""
    server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", int(sys.argv[1]), backlog=1000)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())

"""A way between two parts that can be cut at any byte, slowed, frozen, swallowed up and taken down."""

import asyncio
import contextlib
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

CHUNK = 65536
Address = tuple[str, int] | Path
Direction = Literal["up", "down"]


class Proxy:
    """Forwards connections to `target`; up is from the client to the target, down is back.

    Bytes are counted over all connections since `arm`, so that one number names one place in a dialogue.
    """

    def __init__(self, target: Address, listen: Path | None = None, port: int = 0) -> None:
        """Listen on a socket file where one is given, else on a TCP port of 127.0.0.1."""
        self._target = target
        self._listen = listen
        self.port = port
        self.latency = 0.0
        self.black_hole = False
        self._forgotten = 0
        self.taken = 0
        self.passed: dict[Direction, int] = {"up": 0, "down": 0}
        self.hurt = False
        self._cut: tuple[Direction, int] | None = None
        self._swallow = False
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._pairs: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.down()

    async def up(self) -> None:
        """Listen, on the same place as before."""
        if self._listen is not None:
            self._server = await asyncio.start_unix_server(self._serve, self._listen)
        else:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def down(self) -> None:
        """Refuse connections, and drop those that stand."""
        if self._server is not None:
            self._server.close()
        if self._listen is not None:
            self._listen.unlink(missing_ok=True)
        self.drop()
        pending = list(self._pairs)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        self._server = None

    def drop(self) -> None:
        """Reset every connection that stands."""
        for writers in self._pairs.values():
            for writer in writers:
                writer.transport.abort()

    def forget(self) -> None:
        """Swallow from now on what comes on the connections that stand, without a word; new ones are taken."""
        self._forgotten = self.taken

    def arm(self, cut: tuple[Direction, int] | None = None, *, swallow: bool = False) -> None:
        """Count from zero; cut after so many bytes in one direction, or pass the next request and lose its reply.

        The fault happens once; afterwards `hurt` is True and everything passes again.
        """
        self.passed = {"up": 0, "down": 0}
        self._cut, self._swallow, self.hurt = cut, swallow, False

    def freeze(self) -> None:
        """Forward nothing in either direction; connections stand and are taken."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Forward again, from where it stopped."""
        self._flowing.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._pairs[task] = [writer]
        self.taken += 1
        number = self.taken
        try:
            if isinstance(self._target, Path):
                far_reader, far_writer = await asyncio.open_unix_connection(self._target)
            else:
                far_reader, far_writer = await asyncio.open_connection(*self._target)
            self._pairs[task].append(far_writer)
            ways = [
                asyncio.create_task(self._forward("up", reader, far_writer, number)),
                asyncio.create_task(self._forward("down", far_reader, writer, number)),
            ]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            pass  # the target is gone, or the proxy is taken down: the client hears it by its connection
        finally:
            for end in self._pairs.pop(task):
                end.close()

    async def _forward(
        self, way: Direction, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, number: int
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                await asyncio.sleep(self.latency)
                await self._flowing.wait()
                if self.black_hole or number <= self._forgotten:
                    continue
                if self._swallow and way == "down":
                    self._swallow, self.hurt = False, True
                    return
                if self._cut is not None and self._cut[0] == way:
                    left = self._cut[1] - self.passed[way]
                    if len(data) >= left:
                        self._cut, self.hurt = None, True
                        writer.write(data[:left])
                        self.passed[way] += left
                        await writer.drain()
                        return
                self.passed[way] += len(data)
                writer.write(data)
                await writer.drain()

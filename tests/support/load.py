"""Load: visitors who post an enquiry each, and ask again with the same key until they are answered."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.support.patients import body

ANSWER_SECONDS = 5.0
AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Answered:
    """What one visitor was told: the reference, when they first asked and when they were answered (monotonic)."""

    reference: str
    asked: float
    at: float


@dataclass
class Load:
    """Posts enquiries number `first` and on, at a steady rate, over at most so many connections at once."""

    addresses: Sequence[tuple[str, int]]
    count: int
    rate: float
    connections: int = 32
    first: int = 0
    keep_alive: bool = True
    answered: dict[int, Answered] = field(default_factory=dict)
    asked: set[int] = field(default_factory=set)
    came: Counter[str] = field(default_factory=Counter)
    stop: bool = False

    async def run(self) -> None:
        """Post all of them; return when each visitor has an answer, or when `stop` is set."""
        began = time.monotonic()
        numbers = iter(range(self.first, self.first + self.count))

        async def visitor(place: int) -> None:
            line = _Line(self.addresses[place % len(self.addresses)])
            for number in numbers:
                await asyncio.sleep(began + (number - self.first) / self.rate - time.monotonic())
                await self._ask(line, number)
                if self.stop:
                    break
            line.close()

        await asyncio.gather(*(visitor(place) for place in range(self.connections)))

    async def _ask(self, line: "_Line", number: int) -> None:
        asked = time.monotonic()
        self.asked.add(number)
        turn = 0
        while not self.stop:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    status, answer = await line.post(body(number), f"key-{number}")
            except ConnectionRefusedError:
                status, answer = "refused", b""
            except (OSError, EOFError, ValueError, TimeoutError) as error:
                status, answer = (
                    ("cut" if line.sent else "stale") if not isinstance(error, TimeoutError) else "silence",
                    b"",
                )
            self.came[status] += 1
            if status == "202":
                reference = json.loads(answer)["reference"]
                self.answered[number] = Answered(reference.replace(" ", ""), asked, time.monotonic())
                if not self.keep_alive:
                    line.close()
                return
            line.close()
            turn += 1
            line.address = self.addresses[(self.addresses.index(line.address) + 1) % len(self.addresses)]
            await asyncio.sleep(AGAIN_SECONDS)


class _Line:
    """One connection to an intake; opened when needed."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address
        self.sent = False
        self._pair: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, content: bytes, key: str) -> tuple[str, bytes]:
        """Return the status and the body of the answer; `sent` tells whether a fault met a fresh connection."""
        self.sent = self._pair is None
        if self._pair is None:
            self._pair = await asyncio.open_connection(*self.address)
        reader, writer = self._pair
        head = (
            f"POST /enquiries HTTP/1.1\r\nHost: clinic.test\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        writer.write(head.encode() + content)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = answer.lower().split("\r\n")
        length = next(int(line.split(":")[1]) for line in lines if line.startswith("content-length:"))
        status = answer.split(" ")[1]
        found = await reader.readexactly(length)
        if "connection: close" in lines:
            self.close()
        return status, found

    def close(self) -> None:
        """Close the connection; the next post opens another."""
        if self._pair is not None:
            self._pair[1].transport.abort()
            self._pair = None

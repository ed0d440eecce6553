"""The attack: wrong requests over many connections, and slow ones beside honest visitors; what came back is counted."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.fuzz.grammar import wrong_request
from tests.support.load import Load

Address = tuple[str, int]
ANSWER_SECONDS = 15.0


@dataclass
class Outcome:
    """What came back: statuses, the seconds each answer took, and the requests that deserve a look."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    suspicious: list[bytes] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the milliseconds within which this share of answers came."""
        ordered = sorted(self.seconds) or [0.0]
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def fuzz(address: Address, count: int, seed: int, connections: int, tell: Callable[[int], None]) -> Outcome:
    """Send so many wrong requests, each on a connection that is kept while the intake keeps it."""
    outcome = Outcome()
    left = iter(range(count))

    async def visitor(number: int) -> None:
        chance = random.Random(seed * 1000 + number)  # noqa: S311 - a run that can be repeated
        line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        for done in left:
            request = wrong_request(chance)
            line = line or await asyncio.open_connection(*address)
            began = time.monotonic()
            status, stays = await _exchange(*line, request)
            outcome.seconds.append(time.monotonic() - began)
            outcome.statuses[status] += 1
            if status[0] in "25" or status == "silence":
                outcome.suspicious.append(request)
            if not stays:
                line[1].transport.abort()
                line = None
            if done % 500 == 0:
                tell(done)
        if line is not None:
            line[1].transport.abort()

    await asyncio.gather(*(visitor(number) for number in range(connections)))
    return outcome


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[str, bool]:
    """Send a request; return the status, or how the connection ended, and whether it can be used again."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
            status = head.split(" ")[1]
            if request.startswith((b"HEAD", b"OPTIONS")) or "connection: close" in head:
                return status, False
            length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length:"))
            await reader.readexactly(length)
            return status, True
    except TimeoutError:
        return "silence", False
    except (OSError, EOFError):
        return "closed", False


async def beside_slow(address: Address, slow: int, honest: int, rate: float) -> tuple[Load, list[float], int]:
    """Hold so many connections that send a byte a second, and send honest enquiries beside them.

    Returns the honest visitors, how long each waited in seconds, and how many slow ones were shut out in the end.
    """
    head = b"POST /enquiries HTTP/1.1\r\nhost: intake.test\r\ncontent-type: application/json\r\n"
    head += b"content-length: 900\r\n\r\n"
    shut_out = 0

    async def drip(number: int) -> None:
        nonlocal shut_out
        reader, writer = await asyncio.open_connection(*address)
        if number % 2:
            writer.write(head)
        for byte in head:
            writer.write(bytes([byte]))
            try:
                async with asyncio.timeout(1.0):
                    await reader.read(1)
                    shut_out += 1
                    break
            except TimeoutError:
                continue
            except OSError:
                shut_out += 1
                break
        writer.transport.abort()

    drips = [asyncio.create_task(drip(number)) for number in range(slow)]
    await asyncio.sleep(1)
    visitors = Load([address], honest, rate, connections=8)
    await visitors.run()
    await asyncio.gather(*drips)
    return visitors, [one.at - one.asked for one in visitors.answered.values()], shut_out

"""A mail relay that speaks real SMTP, answers as it is told, and logs what it took: the oracle of the tests."""

import asyncio
import email
import email.policy
import ssl
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Answer:
    """How one command is answered: after `delay` seconds by `reply` (None: never), then maybe a dropped connection.

    `keep` tells whether the mail is kept when this answers the final dot.
    """

    reply: bytes | None
    delay: float = 0.0
    drop: bool = False
    keep: bool = True
    drip: float = 0.0


@dataclass(frozen=True)
class Taken:
    """A mail the relay has taken."""

    at: float
    sender: str
    to: str
    content: bytes

    @property
    def message(self) -> EmailMessage:
        parsed = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])


GOOD = {
    "CONNECT": b"220 relay.test ESMTP\r\n",
    "MAIL": b"250 2.1.0 sender ok\r\n",
    "RCPT": b"250 2.1.5 recipient ok\r\n",
    "DATA": b"354 go on\r\n",
    "DOT": b"250 2.0.0 taken\r\n",
    "QUIT": b"221 bye\r\n",
    "RSET": b"250 ok\r\n",
    "NOOP": b"250 ok\r\n",
}


@dataclass
class ScriptedRelay:
    """Answers each command by the first script entry for its verb that applies, else well.

    `script` maps a verb (CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT, QUIT) to a function from the command's
    line (for DATA and DOT: from the recipient) to an Answer, or None for the good one.
    """

    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    offers: tuple[str, ...] = ()
    script: dict[str, Callable[[str], Answer | None]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    commands: list[tuple[float, str]] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    port: int = 0
    host: str = "127.0.0.1"

    async def __aenter__(self) -> Self:
        context = self.tls if self.tls_at_once else None
        self._server = await asyncio.start_server(self._serve, self.host, self.port, ssl=context, limit=2**22)
        self.port = self._server.sockets[0].getsockname()[1]
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.drop()
        for task in self._serving:
            task.cancel()
        await asyncio.wait([*self._serving, asyncio.create_task(self._server.wait_closed())])

    def drop(self) -> None:
        """Reset every connection that stands."""
        for writer in list(self._writers):
            writer.transport.abort()

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def always(self, verb: str, reply: bytes | None, **how: float | bool) -> None:
        """Answer a verb the same way every time."""
        self.script[verb] = lambda _line: Answer(reply, **how)  # type: ignore[arg-type]  # one dict for two types

    def first(self, verb: str, times: int, reply: bytes | None, **how: float | bool) -> None:
        """Answer a verb this way so many times, and well from then on."""
        left = [times]

        def answer(_line: str) -> Answer | None:
            if left[0] <= 0:
                return None
            left[0] -= 1
            return Answer(reply, **how)  # type: ignore[arg-type]  # one dict for two types

        self.script[verb] = answer

    def copies(self) -> dict[str, int]:
        """Return how often each Message-ID was taken."""
        counts: dict[str, int] = defaultdict(int)
        for mail in self.taken:
            counts[mail.message_id] += 1
        return dict(counts)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await _Session(self, reader, writer).run()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ssl.SSLError):
            pass  # the other side left, which is its right
        except asyncio.CancelledError:
            pass  # the relay closes
        finally:
            self._serving.discard(task)
            self._writers.discard(writer)
            writer.close()


class _Session:
    def __init__(self, relay: ScriptedRelay, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.relay, self.reader, self.writer = relay, reader, writer
        self.sender = self.to = ""

    async def run(self) -> None:  # noqa: C901 - the verbs of a conversation, one after the other
        if not await self.say("CONNECT", ""):
            return
        while line := await self.reader.readline():
            text = line.decode("latin-1").rstrip("\r\n")
            verb = text.split(" ")[0].upper()
            if verb == "STARTTLS":
                if await self.say(verb, text, b"220 go ahead\r\n") and self.relay.tls is not None:
                    await self.writer.start_tls(self.relay.tls)
                continue
            argument = text.partition(":")[2].split(" ")[0].strip("<>")
            if verb == "MAIL":
                self.sender = argument
            if verb == "RCPT":
                self.to = argument
            if not await self.say(verb, text, self.good(verb)) or verb == "QUIT":
                return
            if verb == "DATA" and self.answered == b"354":
                body = await self.reader.readuntil(b"\r\n.\r\n")
                content = body[:-3].replace(b"\r\n..", b"\r\n.")
                answer = self.choose("DOT", self.to)
                if answer.keep and (answer.reply is None or answer.reply.startswith(b"2") or answer.drop):
                    self.relay.taken.append(Taken(time.monotonic(), self.sender, self.to, content))
                if not await self.give("DOT", "", answer):
                    return

    def good(self, verb: str) -> bytes:
        if verb in {"EHLO", "HELO"}:
            lines = ["relay.test", *self.relay.offers]
            return "".join(
                f"250{'-' if n < len(lines) - 1 else ' '}{line}\r\n" for n, line in enumerate(lines)
            ).encode()
        if verb == "AUTH":
            return b"235 welcome\r\n"
        return GOOD.get(verb, b"502 unknown\r\n")

    def choose(self, verb: str, line: str, good: bytes = b"") -> Answer:
        scripted = self.relay.script.get(verb)
        return (scripted(line) if scripted else None) or Answer(good or GOOD[verb])

    async def say(self, verb: str, line: str, good: bytes = b"") -> bool:
        return await self.give(verb, line, self.choose(verb, self.to if verb == "DATA" else line, good))

    async def give(self, verb: str, line: str, answer: Answer) -> bool:
        """Give an answer; False when the conversation is over."""
        self.relay.commands.append((time.monotonic(), line or verb))
        self.relay.seen[verb] += 1
        await asyncio.sleep(answer.delay)
        self.answered = (answer.reply or b"")[:3]
        if answer.reply is not None and answer.drip:
            for byte in answer.reply:
                self.writer.write(bytes([byte]))
                await self.writer.drain()
                await asyncio.sleep(answer.drip)
        elif answer.reply is not None and not (answer.drop and verb == "DOT"):
            self.writer.write(answer.reply)
            await self.writer.drain()
        if answer.drop:
            self.writer.transport.abort()
            return False
        return True

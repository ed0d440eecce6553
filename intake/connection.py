"""The connection: what uvicorn leaves open is closed here, the size of a request's head and the time it may take."""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from itertools import chain
from typing import Any

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from clinic.logs import logger
from intake.answer import PROBLEM, Answer
from intake.framing import VERSIONS, header_fault
from intake.limits import HEAD_BYTES, HEADERS, REQUEST_SECONDS, URL_BYTES, WIRE_BYTES
from intake.parser import Parser
from intake.problem import HEAD_TOO_LARGE, MALFORMED, TOO_LARGE, TOO_SLOW, URL_TOO_LONG, Problem
from intake.refusal import ProblemDocument, Refusal
from intake.whole import AT_ONCE, WHOLE, send_at_once


class Connection(HttpToolsProtocol):
    """One connection; a request whose head is too large, too slow or not HTTP never reaches the application."""

    head_seconds = REQUEST_SECONDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # uvicorn's own signature, passed on
        super().__init__(*args, **kwargs)
        self.parser = Parser(self)
        self._waiting: asyncio.TimerHandle | None = None
        self._fault = MALFORMED
        # Whether a head is under way, and how much of the request had come before what comes now.
        self._in_head = True
        self._received = self._coming = 0
        self.scope = {}  # type: ignore[typeddict-item]  # until the first request

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock of the first head, which may never come."""
        super().connection_made(transport)
        self._waiting = self.loop.call_later(self.head_seconds, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._head_is_here()
        if self.cycle is not None:
            # It leads back to here, and would have to be found by the garbage collector.
            self.cycle.scope.pop(AT_ONCE, None)  # type: ignore[misc]  # as below
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what no callback of the parser's tells of, as an endless header; keep the time where nobody does."""
        self._coming = len(data)
        super().data_received(data)
        # Most requests come in one piece, and need neither.
        whole = not self._in_head and WHOLE in self.scope
        if (whole and not self.cycle.response_complete) or self.transport.is_closing():
            return
        # What is no head and comes after the answer is the rest of a body, or empty lines.
        if self._waiting is None and (self._in_head or self.cycle.response_complete):
            self._waiting = self.loop.call_later(self.head_seconds, self._too_slow)
        self._received += len(data)
        if self._received > (HEAD_BYTES if self._in_head else WIRE_BYTES):
            self._refuse(HEAD_TOO_LARGE if self._in_head else TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin to count."""
        super().on_message_begin()
        self._in_head, self._received = True, 0

    def on_url(self, url: bytes) -> None:
        """Refuse a URL that is too long, and one that names a host."""
        super().on_url(url)
        if len(self.url) > URL_BYTES:
            self._stop_parsing(URL_TOO_LONG)
        if not self.url.startswith((b"/", b"*")):
            # A target with a scheme and a host is for proxies (RFC 9112, section 3.2.2), and its host would be the one
            # that counts: what is refused for its Host must not come in by it.
            self._stop_parsing(MALFORMED)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Refuse headers that are too many or not for us; leave out what follows a body in chunks (RFC 9112, 7.1.2)."""
        if not self._in_head:
            return
        super().on_header(name, value)
        if len(self.headers) > HEADERS:
            self._stop_parsing(HEAD_TOO_LARGE)
        fault = header_fault(self.headers, self.parser.get_http_version)
        if fault:
            self._stop_parsing(fault)

    def on_headers_complete(self) -> None:
        """Refuse headers that are too long together, and stop the clock: from here the application keeps the time."""
        if self._received + self._coming > HEAD_BYTES and sum(map(len, chain(*self.headers))) > HEAD_BYTES:
            self._stop_parsing(HEAD_TOO_LARGE)
        if self.parser.get_http_version() not in VERSIONS:
            self._stop_parsing(MALFORMED)
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                # Whatever follows is for somebody else, to whom we don't lead.
                self._stop_parsing(MALFORMED)
            # This head comes a second time.
            return
        self._head_is_here()
        super().on_headers_complete()
        self.scope[AT_ONCE] = self._send_at_once  # type: ignore[literal-required]  # as below

    def on_message_complete(self) -> None:
        """Hand over the body, with which nothing more comes."""
        if self.parser.should_upgrade():
            return
        self.scope[WHOLE] = bytes(self.cycle.body)  # type: ignore[literal-required]  # its annotation knows ASGI's own names
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # ours says more
        """Answer a request that could not be read, where uvicorn would send plain text."""
        self._refuse(self._fault)

    def _send_at_once(self, scope: Scope, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
        """Send a complete answer, but not the one before the last: another request has come on this connection."""
        return scope is self.scope and send_at_once(self.cycle, status, headers, body)

    def _head_is_here(self) -> None:
        self._in_head = False
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _too_slow(self) -> None:
        """Answer who began a head; who sent nothing at all, or has been answered, is only shut out."""
        if self._in_head and self._received and not self.transport.is_closing():
            self._refuse(TOO_SLOW)
        else:
            self.transport.close()

    def _stop_parsing(self, problem: Problem) -> None:
        """Make the parser give up; uvicorn then asks for the answer to a request that could not be read."""
        self._fault = problem
        raise ValueError(problem.slug)

    def _refuse(self, problem: Problem) -> None:
        self._head_is_here()
        if self.transport.is_closing():
            return
        refusal = Refusal(problem, close=True)
        logger().info(
            "request_refused", status=problem.status, problem=problem.slug, instance=refusal.instance, faults=[]
        )
        answer = Answer(
            problem.status, ProblemDocument.of(refusal).model_dump_json().encode(), PROBLEM, *refusal.headers
        )
        lines = [b"%s: %s\r\n" % header for header in (*self.server_state.default_headers, *answer.raw_headers)]
        status = b"HTTP/1.1 %d %s\r\n" % (problem.status, HTTPStatus(problem.status).phrase.encode())
        self.transport.write(b"".join([status, *lines, b"\r\n", bytes(answer.body)]))
        self.transport.close()

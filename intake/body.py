"""The body of a request: its raw bytes, no more than the cap and no later than the deadline."""

import asyncio

from starlette.types import Receive, Scope

from intake.limits import BODY_BYTES
from intake.problem import TOO_LARGE, TOO_SLOW
from intake.refusal import Refusal
from intake.whole import WHOLE


class VisitorGone(Exception):
    """The connection was closed before the request was complete; there is nobody to answer."""


async def read_body(scope: Scope, receive: Receive, seconds: float) -> bytes:
    """Return the raw bytes; raise Refusal when they are too many or come too slowly, and VisitorGone."""
    body: bytes | None = scope.get(WHOLE)
    if body is None:
        try:
            async with asyncio.timeout(seconds):
                body = await _read(receive)
        except TimeoutError:
            raise Refusal(TOO_SLOW, close=True) from None
    if len(body) > BODY_BYTES:
        raise Refusal(TOO_LARGE, close=True)
    return body


async def _read(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body", False) and len(body) <= BODY_BYTES:
        message = await receive()
        body += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise VisitorGone
    return body

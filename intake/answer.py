"""Answers: a status, bytes and the headers that every answer of ours bears."""

from collections.abc import Iterable

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from intake.whole import AT_ONCE, AtOnce

JSON = b"application/json"
JSON_LD = b"application/ld+json"
PROBLEM = b"application/problem+json"
HTML = b"text/html; charset=utf-8"
TEXT = b"text/plain; charset=utf-8"

Header = tuple[bytes, bytes]

# The referrer policy is not "no-referrer": under that browsers send "Origin: null" even with a form to its own site
# (Fetch, "append a request Origin header"), and then nobody could tell our own form from a stranger's.
POLICY = b"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
ALONE = POLICY + b"frame-ancestors 'none'"
# The desk, whose script listens for changes.
DESK = POLICY + b"script-src 'self'; connect-src 'self'; frame-ancestors 'none'"
# A page alone, with a script of ours.
SCRIPTED = POLICY + b"script-src 'self'; frame-ancestors 'none'"
SAFE: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"),)
TO_OURSELVES, TO_NOBODY = b"same-origin", b"no-referrer"
NO_STORE: Header = (b"cache-control", b"no-store")
FOR_EVER: Header = (b"cache-control", b"public, max-age=31536000, immutable")
# The browser that had it shows it again on the way back, and asks for it anew on any other.
FOR_THE_WAY_BACK: Header = (b"cache-control", b"private, no-cache")
FOR_MINUTES: Header = (b"cache-control", b"public, max-age=300")


def framed_by(origins: Iterable[str]) -> bytes:
    """Return the policy of a page that these websites, and no other, may show in a frame of theirs."""
    return POLICY + b"script-src 'self'; frame-ancestors " + (" ".join(sorted(origins)) or "'none'").encode()


class Answer(Response):
    """A complete answer, without the work on header strings that Starlette's own does: it counts on the busy path."""

    def __init__(
        self,
        status: int,
        body: bytes,
        media: bytes,
        *headers: Header,
        cache: Header = NO_STORE,
        policy: bytes = ALONE,
        referrer: bytes = TO_OURSELVES,
    ) -> None:
        self.status_code = status
        self.body = body
        self.background = None
        self.raw_headers = [
            (b"content-type", media),
            (b"content-length", b"%d" % len(body)),
            cache,
            (b"content-security-policy", policy),
            (b"referrer-policy", referrer),
            *SAFE,
            *headers,
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it: at once, where the connection can."""
        at_once: AtOnce | None = scope.get(AT_ONCE)
        if at_once is None or not at_once(scope, self.status_code, self.raw_headers, bytes(self.body)):
            await super().__call__(scope, receive, send)

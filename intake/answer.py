"""Answers: a status, bytes and the headers that every answer of ours bears."""

from starlette.responses import Response

JSON = b"application/json"
JSON_LD = b"application/ld+json"
PROBLEM = b"application/problem+json"
HTML = b"text/html; charset=utf-8"
TEXT = b"text/plain; charset=utf-8"

Header = tuple[bytes, bytes]

# The referrer policy is not "no-referrer": under that browsers send "Origin: null" even with a form to its own site
# (Fetch, "append a request Origin header"), and then nobody could tell our own form from a stranger's.
SAFE: tuple[Header, ...] = (
    (
        b"content-security-policy",
        (
            b"default-src 'none'; style-src 'self'; img-src 'self'; "
            b"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        ),
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
)
NO_STORE: Header = (b"cache-control", b"no-store")
FOR_EVER: Header = (b"cache-control", b"public, max-age=31536000, immutable")


class Answer(Response):
    """A complete answer, without the work on header strings that Starlette's own does: it counts on the busy path."""

    def __init__(self, status: int, body: bytes, media: bytes, *headers: Header, cache: Header = NO_STORE) -> None:
        self.status_code = status
        self.body = body
        self.background = None
        self.raw_headers = [
            (b"content-type", media),
            (b"content-length", b"%d" % len(body)),
            cache,
            *SAFE,
            *headers,
        ]

"""A grammar of wrong requests: each begins as a good one and is then broken in one to three places."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from tests.support.patients import enquiry

TEXTS = [
    *("", " ", "\0", "a\0b", "\r\nBcc: v@x.test", "\u202e", "\ufeff", "\U000e0041", "a" * 40_000, "\u0300" * 3000),
    *("{{7*7}}", "%0d%0aX: y", "<script>", "\\\\evil\\share", "../../etc/passwd", "\ud7ff", "\uffff", "' OR 1=1 --"),
    *("javascript:alert(1)", "\x7f", "\x85", "\u2028", "0" * 5000, "@" * 3000, "\U0001f600" * 500, "-1e309", "null"),
]
VALUES: list[object] = [0, -1, 1.5e300, True, None, [], {}, ["a"], {"a": {"b": [None]}}, *TEXTS]
NAMES = ["is_admin", "to", "bcc", "_template", "Email", "email[]", "email.x", "__proto__", "", "a" * 500, "\0", "x\ny"]
TYPES = [
    *(b"text/plain", b"application/xml", b"multipart/form-data; boundary=x", b"application/json; charset=utf-7", b""),
    *(b"application/json, text/plain", b"*/*", b"application/jsonx", b"\xff\xfe", b"a" * 3000),
]
HEADERS = [
    *((b"content-encoding", b"gzip"), (b"transfer-encoding", b"xchunked"), (b"idempotency-key", b"\xff")),
    *((b"idempotency-key", b"k" * 3000), (b"origin", b"https://evil.test"), (b"origin", b"null"), (b"expect", b"foo")),
    *((b"sec-fetch-site", b"cross-site"), (b"accept", b"\xff;q=x"), (b"x" * 17_000, b"y"), (b"cookie", b"c" * 9000)),
    *((b"content-length", b"7"), (b"host", b"evil.test"), (b"x-forwarded-for", b"1.2.3.4, " * 300), (b"a b", b"c")),
]
METHODS = [b"GET", b"PUT", b"DELETE", b"PATCH", b"HEAD", b"OPTIONS", b"TRACE", b"FOO", b"post", b"P" * 3000, b"\xff"]
TARGETS = [
    *(b"/enquiries/", b"//evil.test/x", b"/%2e%2e/", b"/enquiries%00", b"/" + b"a" * 5000, b"*", b"http://evil.test/"),
    *(b"/enquiry/nowhere", b"/enquiries/x.y.z", b"/problems/none", b"/static/../app.py", b"/\xff", b"enquiries"),
]


@dataclass
class Request:
    """One request before it is written."""

    method: bytes = b"POST"
    target: bytes = b"/enquiries"
    media: bytes = b"application/json"
    fields: dict[str, object] = field(default_factory=dict)
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    raw: bytes | None = None

    def written(self) -> bytes:
        """Return the bytes of the request; its length is the true one unless a header says otherwise."""
        body = self.raw if self.raw is not None else self._body()
        lines = [(b"host", b"intake.test"), (b"content-type", self.media), (b"accept", b"application/json")]
        if not any(name == b"content-length" for name, _ in self.headers):
            lines.append((b"content-length", b"%d" % len(body)))
        head = b"".join(b"%s: %s\r\n" % line for line in (*lines, *self.headers))
        return b"%s %s HTTP/1.1\r\n%s\r\n%s" % (self.method, self.target, head, body)

    def _body(self) -> bytes:
        if self.media.startswith(b"application/x-www-form-urlencoded"):
            pairs = (f"{quote(name)}={quote(str(value), errors='replace')}" for name, value in self.fields.items())
            return "&".join(pairs).encode()
        return json.dumps(self.fields).encode()


def wrong_request(chance: random.Random) -> bytes:
    """Return a request that must not be accepted: its address is never one, and more may be wrong with it."""
    request = Request(fields=enquiry(chance.randrange(1000)).model_dump(exclude_defaults=True))
    request.fields["email"] = chance.choice(["nobody", "a@@b", "a@x.test\nBcc: b@x.test", "", "@", "a@localhost", 7])
    if chance.random() < 0.4:
        request.media = b"application/x-www-form-urlencoded"
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        chance.choice(FAULTS)(request, chance)
    return request.written()


def _field(request: Request, chance: random.Random) -> None:
    name = chance.choice([name for name in request.fields if name != "email"])
    request.fields[name] = chance.choice(VALUES)


def _name(request: Request, chance: random.Random) -> None:
    request.fields[chance.choice(NAMES)] = chance.choice(VALUES)


def _media(request: Request, chance: random.Random) -> None:
    request.media = chance.choice(TYPES)


def _header(request: Request, chance: random.Random) -> None:
    request.headers.append(chance.choice(HEADERS))


def _method(request: Request, chance: random.Random) -> None:
    request.method = chance.choice(METHODS)


def _target(request: Request, chance: random.Random) -> None:
    request.target = chance.choice(TARGETS)


def _bytes(request: Request, chance: random.Random) -> None:
    """Damage the body itself: cut it, repeat it, or change some of its bytes."""
    body = bytearray(request._body())
    for _ in range(chance.randrange(1, 9)):
        if body:
            body[chance.randrange(len(body))] = chance.randrange(256)
    cut = bytes(body[: chance.randrange(len(body) + 1)])
    # What the damage made must not happen to be an address.
    request.raw = cut.replace(b"@", b"") * chance.choice([1, 1, 1, 2, 40])


Fault = Callable[[Request, random.Random], None]
FAULTS: list[Fault] = [_field, _field, _name, _media, _header, _method, _target, _bytes]

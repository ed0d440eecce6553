"""Whole requests and whole answers: what a connection does at once where they are complete, past uvicorn's messages."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

# In the scope of a request that is here whole: its body, which nobody needs to wait for.
WHOLE = "frontdesk.whole"
# In the scope of every request: takes that scope, a status, headers and a body, and says whether it could send them.
AT_ONCE = "frontdesk.at_once"
CLOSE = (b"connection", b"close")
# What uvicorn refuses in a header; a line has two of them, its end.
CONTROLS = bytes([*range(9), *range(10, 32), 127])

AtOnce = Callable[[Scope, int, Sequence[tuple[bytes, bytes]], bytes], bool]


def send_at_once(cycle: RequestResponseCycle, status: int, headers: Sequence[tuple[bytes, bytes]], body: bytes) -> bool:
    """Send an answer in one write, where uvicorn's two messages are two; False where it must go their way.

    The headers have to name the length of the body. Whatever is out of the ordinary goes through uvicorn, which knows
    what to do or to refuse: a slow reader, a connection that closes, a HEAD, a control character in a header.
    """
    lines = _lines(*headers)
    if (
        not lines
        or cycle.response_started
        or cycle.disconnected
        or cycle.waiting_for_100_continue
        or cycle.flow.write_paused
        or not cycle.keep_alive
        or cycle.scope["method"] == "HEAD"
    ):
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.transport.write(b"".join((STATUS_LINE[status], _lines(*cycle.default_headers), lines, b"\r\n", body)))
    cycle.message_event.set()
    cycle.on_response()
    return True


# Most answers have the same headers as many others.
@lru_cache(maxsize=256)
def _lines(*headers: tuple[bytes, bytes]) -> bytes:
    """Return the lines of headers, or nothing where one of them closes the connection or holds a control character."""
    lines = b"".join([b"%b: %b\r\n" % header for header in headers])
    plain = len(lines.translate(None, CONTROLS)) == len(lines) - 2 * len(headers)
    return lines if plain and CLOSE not in headers else b""

"""Framing: requests that httptools reads and we do not, for not everybody between us would read them the same way."""

from collections.abc import Callable, Sequence

from intake.problem import EXPECTATION, MALFORMED, Problem

VERSIONS = frozenset({"1.0", "1.1"})


def header_fault(headers: Sequence[tuple[bytes, bytes]], version: Callable[[], str]) -> Problem | None:
    """Return what is wrong with the last header so far: a coding of the body, or an expectation, that we don't know."""
    name, value = headers[-1]
    if name == b"transfer-encoding":
        # Nothing but this, once, and never in HTTP/1.0 (RFC 9112, section 6.1).
        again = sum(other == name for other, _ in headers) > 1
        return MALFORMED if value.lower() != b"chunked" or again or version() == "1.0" else None
    return EXPECTATION if name == b"expect" and value.lower() != b"100-continue" else None

"""Origins: from which websites a browser may send us an enquiry, and under which name we may be spoken to."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from clinic.origin import origin
from intake.problem import FOREIGN, MALFORMED, MISDIRECTED, Problem
from intake.refusal import Refusal

# Of which characters a host is; which of them can be gone to, an origin says.
HOST = re.compile(rb"[A-Za-z0-9._:\[\]-]{1,262}")
# What a script may send to us from another origin, asked before it does.
PREFLIGHT = (
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type, idempotency-key"),
    (b"access-control-max-age", b"600"),
)
# All but attackers name the same few.
HOSTS_KEPT = 16
HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class Origins:
    """Knows our own name, where it was set, and the websites of the clinic."""

    def __init__(self, websites: Iterable[str], public_url: str) -> None:
        """Take addresses of websites, of which the origin counts: "https://www.clinic.example"."""
        self.allowed = frozenset(origin(address) for address in (*websites, public_url) if address)
        self._own = origin(public_url) if public_url else ""
        self._scheme = urlsplit(self._own).scheme or "http"
        self._fault = lru_cache(maxsize=HOSTS_KEPT)(self._host_fault)

    def check_host(self, hosts: list[bytes]) -> None:
        """Raise Refusal unless the request names one host, and ours where PUBLIC_URL says which (RFC 9110, 7.4)."""
        fault = self._fault(hosts[0]) if len(hosts) == 1 else MALFORMED
        if fault:
            raise Refusal(fault, close=True)

    def _host_fault(self, named: bytes) -> Problem | None:
        try:
            asked = origin(f"{self._scheme}://{named.decode()}") if HOST.fullmatch(named) else ""
        except ValueError:
            asked = ""
        if not asked:
            return MALFORMED
        if self._own and asked != self._own and urlsplit(asked).hostname not in HERE:
            return MISDIRECTED
        return None

    def is_ours(self, origins: list[bytes]) -> bool:
        """Return whether a script of one of our websites asks."""
        return len(origins) == 1 and origins[0].decode("latin-1").lower() in self.allowed

    def shared_with(self, origins: list[bytes]) -> list[tuple[bytes, bytes]]:
        """Return the headers that let a script of our websites read an answer (Fetch, "CORS protocol")."""
        if not self.is_ours(origins):
            return [(b"vary", b"origin")] if origins else []
        return [(b"access-control-allow-origin", origins[0]), (b"vary", b"origin")]

    def check(self, hosts: list[bytes], origins: list[bytes], sites: list[bytes]) -> None:
        """Raise Refusal when a browser says that another website than the clinic's sends this.

        A browser can't be made to leave both headers out (Fetch, "append a request Origin header"; Fetch Metadata);
        what comes without them is a program, which could write what it likes.
        """
        if origins:
            if self.is_ours(origins) or is_of_host(origins, hosts):
                return
            raise Refusal(FOREIGN, close=True)
        if b"cross-site" in sites:
            raise Refusal(FOREIGN, close=True)


def is_of_host(origins: list[bytes], hosts: list[bytes]) -> bool:
    """Return whether the one origin is that of the one host; nothing is made of what is no origin (RFC 6454, 7)."""
    return len(origins) == len(hosts) == 1 and origins[0].lower().partition(b"://")[2] == hosts[0].lower()

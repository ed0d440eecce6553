"""An origin: of an address of a website what counts for browsers, written as they write it."""

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

CURE = "names no host that a browser could go to: write it as https://www.example.com"
PORTS = {"http": 80, "https": 443}
IPV6 = re.compile(r"\[[0-9A-Fa-f:.]+\](?::[0-9]*)?")
NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
# What browsers take for an IPv4 address, in whatever notation.
NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")


def origin(address: str) -> str:
    """Return the scheme, the host and the port of an address (RFC 6454); raise ValueError where no browser gets there.

    The port is left out where it is the usual one, the host is in lower case and ASCII (IDNA), without a final dot.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(CURE) from None
    if parts.scheme not in PORTS or not host or "@" in parts.netloc or port == 0:
        raise ValueError(CURE)
    shown = f"[{_ipv6(host)}]" if IPV6.fullmatch(parts.netloc) else _name(host)
    return f"{parts.scheme}://{shown}" + ("" if port in (None, PORTS[parts.scheme]) else f":{port}")


def _ipv6(host: str) -> str:
    try:
        return str(IPv6Address(host))
    except ValueError:
        raise ValueError(CURE) from None


def _name(host: str) -> str:
    if not host.isascii():
        # Imported where a host has such letters: its tables take longer to read than all of the settings.
        import idna

        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            raise ValueError(CURE) from None
    name = host.lower().removesuffix(".")
    if not NAME.fullmatch(name):
        raise ValueError(CURE)
    if NUMBER.fullmatch(name):
        try:
            IPv4Address(name)
        except ValueError:
            raise ValueError(CURE) from None
    return name

"""The client: from which household on the internet a request really comes, and from which network."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from starlette.types import Scope

# What one household or one company has; an IPv6 customer is given a /64 at least (RFC 6177).
HOUSEHOLD_BITS = {4: 32, 6: 64}
NETWORK_BITS = {4: 24, 6: 48}
PLACES = 64
# Some proxies add the port (Azure's Application Gateway does); all their visitors would be one.
WITH_PORT = re.compile(r"([0-9.]+):[0-9]+|\[([^\]]+)\](?::[0-9]+)?")
# Many come from one address: a website that sends what its visitors wrote, a company, an attacker.
CLIENTS_KEPT = 1024


class Client(NamedTuple):
    """By what an address is counted: "192.0.2.7/32" and "192.0.2.0/24", "2001:db8:1:2::/64" and "2001:db8:1::/48"."""

    household: str
    network: str


def client_of(scope: Scope, forwarded: list[bytes], trusted_proxies: int) -> Client | None:
    """Return the visitor's; None where there is none, as on a socket file.

    Each proxy adds the address it was called from at the right end of X-Forwarded-For; what stands further to the left
    than our own proxies reach, anybody may have written.
    """
    if trusted_proxies:
        entries = b",".join(forwarded).decode("latin-1").split(",")[-PLACES:]
        if len(entries) >= trusted_proxies and (client := _read(entries[-trusted_proxies].strip())):
            return client
    peer = scope.get("client")
    return _read(peer[0]) if peer else None


@lru_cache(maxsize=CLIENTS_KEPT)
def _read(text: str) -> Client | None:
    if found := WITH_PORT.fullmatch(text):
        text = found[1] or found[2]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    address = getattr(address, "ipv4_mapped", None) or address
    return Client(_within(address, HOUSEHOLD_BITS), _within(address, NETWORK_BITS))


def _within(address: IPv4Address | IPv6Address, bits: dict[int, int]) -> str:
    """Return the network of so many bits that an address is in; `ip_network` takes ten times as long."""
    others = address.max_prefixlen - bits[address.version]
    return f"{type(address)(int(address) >> others << others)}/{bits[address.version]}"

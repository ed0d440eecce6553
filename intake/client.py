"""The client: from which internet address a request really comes, and from which network."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.types import Scope

Address = IPv4Address | IPv6Address
# What one household or one company has; an IPv6 customer is given a /64 at least (RFC 6177).
ADDRESS_BITS = {4: 32, 6: 64}
NETWORK_BITS = {4: 24, 6: 48}
PLACES = 64
# Many come from one address: a website that sends what its visitors wrote, a company, an attacker.
CLIENTS_KEPT = 1024


def client_address(scope: Scope, forwarded: list[bytes], trusted_proxies: int) -> Address | None:
    """Return the address of the visitor; None where there is none, as on a socket file.

    Each proxy adds the address it was called from at the right end of X-Forwarded-For; what stands further to the left
    than our own proxies reach, anybody may have written.
    """
    peer = scope.get("client")
    found = [peer[0]] if peer else []
    if trusted_proxies:
        entries = b",".join(forwarded).decode("latin-1").split(",")[-PLACES:]
        if len(entries) >= trusted_proxies and entries[-trusted_proxies].strip():
            found.insert(0, entries[-trusted_proxies].strip())
    return next((address for address in map(_read, found) if address), None)


@lru_cache(maxsize=CLIENTS_KEPT)
def _read(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    mapped: IPv4Address | None = getattr(address, "ipv4_mapped", None)
    return mapped or address


def household(address: Address) -> str:
    """Return the address to count by: "192.0.2.7/32", "2001:db8:1:2::/64"."""
    return _within(address, ADDRESS_BITS[address.version])


def network(address: Address) -> str:
    """Return the network to count by: "192.0.2.0/24", "2001:db8:1::/48"."""
    return _within(address, NETWORK_BITS[address.version])


def _within(address: Address, bits: int) -> str:
    """Return the network of so many bits that an address is in; `ip_network` takes ten times as long."""
    others = address.max_prefixlen - bits
    return f"{type(address)(int(address) >> others << others)}/{bits}"

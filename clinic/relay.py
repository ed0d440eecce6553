"""The mail relay's address: what an SMTP_URL says, and that it is safe to log in and write to."""

import ipaddress
import re
from dataclasses import dataclass, field
from typing import Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
# As it stands, one of these in a password ends the host, and smtp://user:25/b@host leads to port 25 of "user".
UNENCODED = re.compile(r"smtps?://.*[/?#\[\]].*@", re.IGNORECASE)
ENCODE = (
    "has a / ? # [ or ] before the last @: a user and a password are percent-encoded: where the user is "
    "frontdesk@example.com and the password a/b, write smtp://frontdesk%40example.com:a%2Fb@mail.example.com:587"
)
Encryption = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Relay:
    """Where mail goes out, and how the way there is encrypted."""

    host: str
    port: int
    encryption: Encryption
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ca_file: str | None = None

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `smtp://` (STARTTLS demanded, save on loopback) or `smtps://` (TLS at once); raise ValueError.

        `?ca=/path` trusts the certificates of that file instead of the system's. There is no way to switch the
        check of the host name off, nor to write in the clear to another machine.
        """
        if UNENCODED.match(url.partition("?ca=")[0]):
            raise ValueError(ENCODE)
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, parts = None, None, urlsplit("")
        if parts.scheme not in PORTS or not host:
            raise ValueError("must look like smtp://user:password@mail.example.com:587 or smtps://…:465")
        options = dict(parse_qsl(parts.query))
        if unknown := options.keys() - {"ca"}:
            raise ValueError(f"knows no option {min(unknown)!r}: only ca=/path/of/certificates.pem")
        if (parts.username is None) != (parts.password is None):
            raise ValueError("needs both a user and a password, or neither")
        return cls(
            host=host,
            port=port or PORTS[parts.scheme],
            encryption="tls" if parts.scheme == "smtps" else "none" if is_loopback(host) else "starttls",
            username=unquote(parts.username) if parts.username is not None else None,
            password=unquote(parts.password) if parts.password is not None else None,
            ca_file=options.get("ca"),
        )


def is_loopback(host: str) -> bool:
    """Return whether a host name can only mean this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

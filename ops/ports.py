"""Ports: which one a part may listen on."""

import random
import socket

from clinic.errors import ConfigurationError
from clinic.listening import unheard

ANY = 0
# Any free one is chosen of these, for its part listens on it only seconds later: the system's own choice would be one
# that it gives to whoever connects meanwhile (RFC 6056; Linux begins at 32768).
QUIET = range(20_000, 32_768)
TRIES = 50


def bound(host: str, port: int, option: str) -> socket.socket:
    """Return a socket bound to a port (0: any free one); raise ConfigurationError, naming the option, if not."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # an old connection blocks no port
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise ConfigurationError([unheard(error, host, port, option)]) from None
    return made


def asked(host: str, port: int, option: str) -> int:
    """Return a port that was asked for by an option or setting (0: any free one), if it can be had."""
    for number in random.sample(QUIET, TRIES) if port == ANY else ():
        try:
            bound(host, number, option).close()
        except ConfigurationError:
            continue
        return number
    with bound(host, port, option) as probe:
        found: int = probe.getsockname()[1]
    return found


def usual(host: str, port: int, option: str) -> int:
    """Return the usual port where it can be had, else any free one."""
    try:
        return asked(host, port, option)
    except ConfigurationError:
        return asked(host, ANY, option)


def origin_of(host: str, port: int) -> str:
    """Return the origin at which a part is reached; an IPv6 address stands in brackets (RFC 3986, 3.2.2)."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

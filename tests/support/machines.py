"""Machines: network namespaces on a bridge, each with an address of its own, so that nothing meets on a loopback."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

# A run that was killed leaves its bridge behind, and must not be in the way of the next.
NETWORK = f"10.213.{1 + os.getpid() % 250}"
BRIDGE = f"{NETWORK}.1"


def possible() -> str:
    """Return why there can be none here, or nothing."""
    if os.getuid() != 0:
        return "network namespaces need root"
    return "" if shutil.which("ip") else "network namespaces need iproute2"


@contextmanager
def machines(count: int) -> Iterator[list[tuple[list[str], str]]]:
    """Yield so many machines: what to put before a command so that it runs there, and the machine's address."""
    bridge, names = f"fdb{os.getpid() % 100000}", [f"fd{os.getpid()}-{number}" for number in range(count)]
    try:
        _ip("link", "add", bridge, "type", "bridge")
        _ip("addr", "add", f"{BRIDGE}/24", "dev", bridge)
        _ip("link", "set", bridge, "up")
        made = []
        for number, name in enumerate(names):
            outer, inner = f"v{os.getpid() % 100000}-{number}", f"w{os.getpid() % 100000}-{number}"
            address = f"{NETWORK}.{10 + number}"
            _ip("netns", "add", name)
            _ip("link", "add", outer, "type", "veth", "peer", "name", inner)
            _ip("link", "set", outer, "master", bridge, "up")
            _ip("link", "set", inner, "netns", name)
            for command in (
                ("addr", "add", f"{address}/24", "dev", inner),
                ("link", "set", inner, "up"),
                ("link", "set", "lo", "up"),
            ):
                _ip("-n", name, *command)
            made.append((["ip", "netns", "exec", name], address))
        yield made
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)  # noqa: S607 - Debian's
        subprocess.run(["ip", "link", "del", bridge], capture_output=True, check=False)  # noqa: S607 - as above


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)  # noqa: S607 - as above

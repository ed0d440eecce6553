"""The tools that measure: wrk, smtp-sink, smtp-source and redis-benchmark, found or asked for by their packages."""

import shutil

PACKAGES = {"wrk": "wrk", "smtp-sink": "postfix", "smtp-source": "postfix", "redis-benchmark": "redis-tools"}


class Missing(Exception):
    """A tool is not there; the text says what to install."""


def tool(name: str) -> str:
    """Return the program; raise Missing."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        raise Missing(f"{name} is not installed: apt-get install --no-install-recommends {PACKAGES[name]}")
    return found

"""promtool for the tests: the one on PATH, or Debian's, taken out of its package without installing anything."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

CACHE = Path(tempfile.gettempdir()) / f"frontdesk-promtool-{os.getuid()}"


def promtool() -> str | None:
    """Return the program, or None where there is none and none can be had."""
    if found := shutil.which("promtool"):
        return found
    own = CACHE / "usr" / "bin" / "promtool"
    if not own.exists() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            for command in (["apt-get", "update", "-qq"], ["apt-get", "download", "-qq", "prometheus"]):
                subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
            for package in Path(folder).glob("prometheus_*.deb"):
                subprocess.run(["dpkg-deb", "-x", str(package), str(CACHE)], check=True, capture_output=True)  # noqa: S607 - Debian's
    return str(own) if own.exists() else None

"""A Chromium for the tests: the one that is there, or else one that is installed the way this machine allows."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
INSTALL_SECONDS = 240
LOCK = Path(tempfile.gettempdir()) / f"frontdesk-chromium-{os.getuid()}.lock"


class NoBrowser(Exception):
    """There is none and none can be installed; the message says what was tried."""


def chromium() -> str:
    """Return the program, after installing it where need be; raise NoBrowser."""
    with LOCK.open("w") as lock:
        # Each process of a parallel run comes here; one installs, the others find.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := _found():
            return found
        tried: list[str] = []
        for command in _ways():
            ended = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
            if ended.returncode == 0 and (found := _found()):
                return found
            tried.append(f"`{' '.join(command)}`: {(ended.stderr or ended.stdout).strip()[-200:]}")
        raise NoBrowser("no Chromium is on PATH, and none could be installed; " + "; ".join(tried or ["no way to"]))


def _found() -> str | None:
    on_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    if on_path:
        return on_path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def _ways() -> list[list[str]]:
    """Return the commands by which one can be installed here: Debian's own as root, else Playwright's."""
    ways: list[list[str]] = []
    if os.getuid() == 0 and shutil.which("apt-get"):
        ways += [["apt-get", "install", "-y", "-qq", "chromium"]]
        ways = [["apt-get", "update", "-qq"], *ways]
    return [*ways, [sys.executable, "-m", "playwright", "install", "chromium"]]

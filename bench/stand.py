"""The stands: each kind of service over a durable Valkey and a mail sink of its own, started and stopped alike."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from bench.tools import tool
from clinic.settings import ROOT
from tests.support.fleet import free_port
from tests.support.processes import NO_LIMITS, SECRET
from tests.support.valkey import Valkey

Kind = Literal["ours", "peer", "plus", "constant"]
READY_SECONDS = 60.0
# A start is told apart to the hundredth of a second: it is asked for more often than that.
POLL_SECONDS = 0.002
BODY = (
    b'{"name":"Sam Okafor","email":"sam.okafor@example.org","phone":"01632 960456",'
    b'"condition":"sacro-iliac-joint-pain",'
    b'"message":"My lower back has hurt on one side for about three weeks. Could I see somebody next week?"}'
)


@dataclass
class Stand:
    """One service that runs: where it takes enquiries, and what it is made of."""

    kind: Kind
    folder: Path
    url: str
    valkey: Valkey
    environment: dict[str, str]
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    began: float = 0.0
    answered_after: float = 0.0

    def start(self, name: str, *command: str) -> "subprocess.Popen[bytes]":
        """Start a process of this stand."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *command], env=self.environment, stdout=log, stderr=log, cwd=self.folder
            )
        return self.processes[name]

    def work(self) -> None:
        """Start the workers, as many processes as there are cores."""
        if self.kind == "ours":
            for name in ("worker", "worker-2"):
                self.start(name, "-P", "-m", "ops", "worker")
        else:
            self.start("worker", "-m", "celery", "-A", f"bench.{self.kind}.tasks", "worker", "-c", "2", "-l", "warning")

    def cpu_seconds(self) -> float:
        """Return the processor time of all its processes so far, children too, the server left out."""
        return sum(cpu_of(process.pid) for process in self.processes.values())

    def memory(self) -> int:
        """Return the resident memory of all its processes in bytes."""
        return sum(self.memory_of(name) for name in self.processes)

    def memory_of(self, name: str) -> int:
        """Return that of one of them, in bytes."""
        return sum(_memory(pid) for pid in _tree(self.processes[name].pid))


@contextmanager
def stand(kind: Kind, smtp_port: int = 9) -> Iterator[Stand]:
    """Start the intake of a kind and yield when it answers; its workers are started by `work`."""
    with TemporaryDirectory(prefix="bench-") as name, ExitStack() as stack:
        folder, port = Path(name), free_port()
        valkey = Valkey(folder, port=free_port())
        valkey.start()
        stack.callback(valkey.remove)
        facts = folder / "clinic.toml"
        facts.write_text(_always_open((ROOT / "clinic.toml").read_text()))
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            # Compiled once, as what is installed and what the peers are made of.
            "PYTHONDONTWRITEBYTECODE": "",
            "REDIS_URL": valkey.url,
            "FRONTDESK_SECRET": SECRET,
            "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
            "SMTP_PORT": str(smtp_port),
            "CLINIC_FILE": str(facts),
            "INTAKE_PORT": str(port),
            **NO_LIMITS,
        }
        made = Stand(kind, folder, f"http://127.0.0.1:{port}", valkey, environment)
        stack.callback(_stop, made)
        made.began = time.monotonic()
        if kind == "ours":
            made.start("intake", "-P", "-m", "ops", "intake")
        elif kind == "constant":
            made.start("intake", "-m", "bench.constant", str(port))
        else:
            options = ("--port", str(port), "--log-level", "warning", "--no-access-log")
            made.start("intake", "-m", "uvicorn", f"bench.{kind}.app:app", *options)
        _answers(made)
        made.answered_after = time.monotonic() - made.began
        yield made


def _always_open(clinic: str) -> str:
    """Return a clinic file by which an enquiry costs the same at any hour, and however many others came before it."""
    for usual, ours in (('"Mo-Sa 08:00-20:00"', '"Mo-Su 00:00-24:00"'), ("flood = 20", "flood = 0")):
        assert usual in clinic
        clinic = clinic.replace(usual, ours)
    return clinic


@contextmanager
def sink() -> Iterator[int]:
    """Run Postfix's smtp-sink, which takes every mail at once; yield its port."""
    with _sink(tool("smtp-sink"), "-u", "nobody", "127.0.0.1:{port}", "1000") as port:
        yield port


@contextmanager
def slow_sink(delay_ms: int) -> Iterator[int]:
    """Run a sink that answers every verb after so long, which smtp-sink can't do in ms; yield its port."""
    with _sink(sys.executable, "-m", "bench.slow_sink", "{port}", str(delay_ms)) as port:
        yield port


@contextmanager
def _sink(*command: str) -> Iterator[int]:
    port = free_port()
    words = [word.replace("{port}", str(port)) for word in command]
    process = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(ROOT)})
    try:
        deadline = time.monotonic() + 10
        while not _listens(port):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield port
    finally:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def _answers(made: Stand) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            urllib.request.urlopen(made.url + "/healthz", timeout=1).read()  # noqa: S310 - ours
        except urllib.error.HTTPError:
            return
        except OSError:
            assert made.processes["intake"].poll() is None, (made.folder / "intake.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(POLL_SECONDS)
        else:
            return


def _stop(made: Stand) -> None:
    for process in reversed(made.processes.values()):
        process.terminate()
    for process in made.processes.values():
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _tree(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(found for child in children for found in _tree(int(child)))]


def cpu_of(pid: int) -> float:
    """Return the processor time of a process and its children so far, in seconds."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0
    for each in _tree(pid):
        words = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        total += int(words[11]) + int(words[12])
    return total / ticks


def _memory(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")

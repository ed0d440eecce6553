"""A fleet: real intake and worker processes, each started again when it dies, and a record of every life."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from clinic.settings import ROOT
from ops.ports import ANY, asked
from tests.support.processes import NO_LIMITS, SECRET

AGAIN_SECONDS = 0.2
LOOK_SECONDS = 0.02
READY = {"intake": "intake ready on ", "worker": "worker ready"}
READY_SECONDS = 60.0


@dataclass
class Life:
    """One process from its start to its end; `killed` is when we killed it, if we did (monotonic seconds)."""

    process: subprocess.Popen[bytes]
    log: Path
    born: float
    killed: float | None = None
    died: float | None = None

    def ready(self, line: str) -> bool:
        """Return whether it has said so."""
        return line in self.log.read_text(encoding="utf-8", errors="replace")

    def settled(self) -> dict[tuple[str, str], float]:
        """Return (reference, delivery) of what it stored as sent, and when (monotonic seconds), from its own log."""
        found: dict[tuple[str, str], float] = {}
        to_monotonic = time.monotonic() - datetime.now(UTC).timestamp()
        for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines():
            if '"delivery_settled"' in line:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue  # cut short by the kill
                if event["state"] == "sent":
                    stored = datetime.fromisoformat(event["timestamp"]).timestamp() + to_monotonic
                    found[event["reference"], event["delivery"]] = stored
        return found


@dataclass
class Slot:
    """A place in the fleet: what runs there, and everything that ever did."""

    name: str
    command: str
    environment: dict[str, str]
    lives: list[Life] = field(default_factory=list)
    held: bool = False

    @property
    def life(self) -> Life:
        """Return the newest life."""
        return self.lives[-1]

    @property
    def alive(self) -> bool:
        """Return whether a process runs there now."""
        return bool(self.lives) and self.life.process.poll() is None

    @property
    def at_work(self) -> bool:
        """Return whether the process there has said that it is ready."""
        return self.alive and self.life.ready(READY[self.command])


class Fleet:
    """Keeps so many intakes and workers running over one Redis."""

    def __init__(
        self,
        folder: Path,
        redis_url: str,
        smtp_urls: list[str],
        *,
        intakes: int,
        more: Mapping[str, str] | None = None,
    ) -> None:
        """Start a worker for each SMTP URL, so that a relay knows by its port which worker it talks to.

        `more` are settings for all.
        """
        self._folder = folder
        common = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "REDIS_URL": redis_url,
            "FRONTDESK_SECRET": SECRET,
            "CLINIC_FILE": str(_without_lists(folder)),
            **NO_LIMITS,
            **(more or {}),
        }
        self.workers = [
            Slot(f"worker-{number}", "worker", {**common, "SMTP_URL": url}) for number, url in enumerate(smtp_urls)
        ]
        self.intakes = [
            Slot(f"intake-{number}", "intake", {**common, "SMTP_URL": smtp_urls[0], "INTAKE_PORT": str(free_port())})
            for number in range(intakes)
        ]
        self._keeper: asyncio.Task[None] | None = None

    @property
    def slots(self) -> list[Slot]:
        """Return every place."""
        return [*self.intakes, *self.workers]

    @property
    def addresses(self) -> list[tuple[str, int]]:
        """Return where the intakes listen."""
        return [("127.0.0.1", int(slot.environment["INTAKE_PORT"])) for slot in self.intakes]

    async def __aenter__(self) -> Self:
        for slot in self.slots:
            self.start(slot)
        try:
            await self.all_at_work()
        except BaseException:
            self._end()
            raise
        self._keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
        self._end()

    async def all_at_work(self) -> None:
        """Wait until every process has said that it is ready."""
        deadline = time.monotonic() + READY_SECONDS
        while not all(slot.at_work for slot in self.slots):
            for slot in self.slots:
                assert time.monotonic() < deadline, f"{slot.name} is not ready: {slot.life.log.read_text()[-2000:]}"
            await asyncio.sleep(LOOK_SECONDS)

    def start(self, slot: Slot) -> None:
        """Start a process in its place."""
        log = self._folder / f"{slot.name}.{len(slot.lives)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ops", slot.command],
                cwd=self._folder,
                env=slot.environment,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        slot.lives.append(Life(process, log, time.monotonic()))

    def kill(self, slot: Slot, number: signal.Signals = signal.SIGKILL) -> Life:
        """Send a signal to what runs there now; a process that is not ready counts too."""
        life = slot.life
        life.killed = time.monotonic()
        life.process.send_signal(number)
        return life

    def leader(self, dispatcher: bytes | None) -> Slot | None:
        """Return the worker that the dispatcher's lease names."""
        for slot in self.workers:
            if dispatcher and slot.alive and f"-{slot.life.process.pid}-" in dispatcher.decode():
                return slot
        return None

    async def _keep(self) -> None:
        while True:
            for slot in self.slots:
                life = slot.life
                if life.process.poll() is None or slot.held:
                    continue
                if life.died is None:
                    life.died = time.monotonic()
                elif time.monotonic() - life.died > AGAIN_SECONDS:
                    self.start(slot)
            await asyncio.sleep(LOOK_SECONDS)

    def _end(self) -> None:
        for slot in self.slots:
            for life in slot.lives:
                if life.process.poll() is None:
                    life.process.send_signal(signal.SIGCONT)
                    life.process.kill()
                life.process.wait()


def _without_lists(folder: Path) -> Path:
    """Write the clinic file of a clinic that wants each alert on its own, so that all are counted."""
    file = folder / "clinic.toml"
    file.write_text((ROOT / "clinic.toml").read_text(encoding="utf-8").replace("flood = 20", "flood = 0"), "utf-8")
    return file


def free_port() -> int:
    """Return a port that nothing listens on."""
    return asked("127.0.0.1", ANY, "")

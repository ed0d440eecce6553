"""A worker process as a whole: what is due goes out first, and it is whole or gone."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from clinic.facts import ClinicFacts
from clinic.settings import ROOT
from tests.support.clock import SetClock
from tests.support.processes import SECRET
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client, Valkey
from workers.main import STALLED_EXIT

# Tells when Celery is imported; mails have all the time they need, so that a busy machine changes nothing.
PROGRAM = """
import sys
class Teller:
    def find_spec(self, name, *_):
        if name == "celery":
            print("celery is imported", flush=True)
sys.meta_path.insert(0, Teller())
import workers.main
from clinic.settings import read_settings
workers.main.ALONE_SECONDS = 30
sys.exit(workers.main.run(read_settings()))
"""

BROKEN = """
import sys
import workers.main
from clinic.settings import read_settings
class Broken(workers.main.Heartbeat):
    async def run(self):
        raise RuntimeError("Mrs Patient")
workers.main.Heartbeat = Broken
sys.exit(workers.main.run(read_settings()))
"""


def given(valkey: Valkey, relay_url: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")} | {
        "PYTHONPATH": str(ROOT),
        "REDIS_URL": valkey.url,
        "FRONTDESK_SECRET": SECRET,
        "SMTP_URL": relay_url,
    }


async def test_a_worker_of_which_a_part_has_ended_ends_itself_for_another_to_be_started(
    shared_valkey: Valkey, redis: Client, tmp_path: Path
) -> None:
    """Half of one would go on unseen: without the holding of leases each slow mail goes twice."""
    assert await redis.ping()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", BROKEN),
        cwd=tmp_path,
        env=given(shared_valkey, "smtp://127.0.0.1:9"),
        stdout=subprocess.PIPE,
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), 15)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == STALLED_EXIT
    assert b"worker_broken" in out
    assert b"Patient" not in out


async def test_what_is_due_goes_out_before_celery_is_imported(
    shared_valkey: Valkey, redis: Client, facts: ClinicFacts, tmp_path: Path
) -> None:
    clock = SetClock()
    clock.at = datetime.now(UTC)
    async with ScriptedRelay() as relay:
        await Service(redis, facts, relay.url, clock).accept(1)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROGRAM), cwd=tmp_path, env=given(shared_valkey, relay.url), stdout=subprocess.PIPE
        )
        try:
            assert process.stdout
            lines: list[str] = []
            while "worker ready\n" not in lines:
                lines.append((await asyncio.wait_for(process.stdout.readline(), 60)).decode())
                assert lines[-1], lines
        finally:
            process.terminate()
            await asyncio.wait_for(process.wait(), 60)
    before = lines[: lines.index("celery is imported\n")]
    assert len([line for line in before if "delivery_settled" in line]) == 2

"""A new secret while real intakes take enquiries and real workers send mails: nothing is lost, all is sealed anew."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from clinic.record import read_record
from clinic.seal import Seal
from tests.faults.stage import Stage, stage
from tests.support.processes import ROOT, SECRET

NEWER = "a-newer-secret-for-tests-of-32-characters"
SECRETS = {"FRONTDESK_SECRET": NEWER, "FRONTDESK_OLD_SECRETS": SECRET}


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage(workers=2, intakes=2) as made:
        yield made


def rotate(on: Stage) -> str:
    """Run the command as an operator does, and return what it says."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "ops", "rotate-secret"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "REDIS_URL": on.valkey.url, **SECRETS},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_a_secret_is_changed_by_its_command_under_load(on: Stage) -> None:
    await on.load(60, 60.0).run()
    for slot in on.fleet.slots:
        slot.environment.update(SECRETS)
        on.fleet.kill(slot, signal.SIGTERM)
        await asyncio.to_thread(slot.life.process.wait, 80)
    await on.fleet.all_at_work()
    load = on.load(150, 30.0)
    loading = asyncio.create_task(load.run())
    told = [await asyncio.to_thread(rotate, on)]
    while not loading.done():
        told.append(await asyncio.to_thread(rotate, on))
    await loading
    assert told[0].startswith("60 sealed anew")
    found = await on.judge()
    assert (found.accepted, found.lost, found.doubled, found.listed, found.others) == (210, [], [], {}, [])
    newest = Seal([NEWER])
    names = set()
    async for key in on.redis.scan_iter("enquiry:*"):
        reference = key.decode().partition(":")[2]
        names.add(read_record(newest.open(await on.redis.get(key), reference)).enquiry.name)
    assert names == {f"Patient {number}" for number in range(210)}

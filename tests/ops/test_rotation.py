"""A new secret while enquiries come in and mails go out: nothing is lost, all is sealed anew."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from clinic.acts import Acts
from clinic.facts import ClinicFacts
from clinic.record import read_record
from clinic.seal import Seal
from clinic.settings import Settings
from clinic.store import Staff
from ops.rotation import rotate
from tests.faults.stage import Stage, stage
from tests.ops.command_line import on_server, refused, run
from tests.support.clock import SetClock
from tests.support.processes import ROOT, SECRET
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client, Valkey

NEWER = "a-newer-secret-for-tests-of-32-characters"
SECRETS = {"FRONTDESK_SECRET": NEWER, "FRONTDESK_OLD_SECRETS": SECRET}


@pytest.fixture
async def on() -> AsyncIterator[Stage]:
    async with stage(workers=2, intakes=2) as made:
        yield made


def rotated(on: Stage) -> str:
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
    told = [await asyncio.to_thread(rotated, on)]
    while not loading.done():
        told.append(await asyncio.to_thread(rotated, on))
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


@pytest.mark.usefixtures("given")
def test_every_record_and_note_is_sealed_anew(
    shared_valkey: Valkey, facts: ClinicFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = refused(shared_valkey, facts, relay_says=None)
    on_server(shared_valkey, lambda redis: Acts(Staff(redis), Seal([SECRET])).mark(reference, "Jo", "Rang"))
    monkeypatch.setenv("FRONTDESK_SECRET", NEWER)
    assert "2 that no secret opens" in run("rotate-secret").output
    monkeypatch.setenv("FRONTDESK_OLD_SECRETS", SECRET)
    assert run("rotate-secret").output == "2 sealed anew\n"
    assert run("rotate-secret").output == "0 sealed anew\n"
    sealed = on_server(shared_valkey, lambda redis: redis.get(f"enquiry:{reference}"))
    assert read_record(Seal([NEWER]).open(sealed, reference)).enquiry.name == "Patient 7"
    [act] = on_server(shared_valkey, lambda redis: Acts(Staff(redis), Seal([NEWER])).history(reference))
    assert (act.by, act.note) == ("Jo", "Rang")


def test_a_rotation_under_load_loses_nothing_and_brings_nothing_back(valkey: Valkey, facts: ClinicFacts) -> None:
    settings = Settings.model_validate(
        {"redis_url": valkey.url, "frontdesk_secret": NEWER, "frontdesk_old_secrets": SECRET}
    )

    async def story(redis: Client) -> tuple[int, int, set[str]]:
        async with ScriptedRelay() as relay:
            service = Service(redis, facts, relay.url, SetClock(datetime.now(UTC)))
            service.records._seal = Seal([NEWER, SECRET])
            references: list[str] = []

            async def load() -> None:
                for number in range(150):
                    references.append((await service.accept(number)).reference)
                    if number % 10 == 0:
                        await service.staff.erase(references[number // 2], b"x")
                        await service.work()

            loading = asyncio.create_task(load())
            while not loading.done():
                await rotate(settings)
            await loading
            await rotate(settings)
            await service.work_off(hours=0.5)
            await service.close()
            unreadable = set()
            erased = {references[number // 2] for number in range(0, 150, 10)}
            for reference in set(references) - erased:
                sealed = await redis.get(f"enquiry:{reference}")
                try:
                    Seal([NEWER]).open(sealed, reference)
                except Exception:  # noqa: BLE001 - whatever it is, it can't be read
                    unreadable.add(reference)
            back = sum([bool(await redis.exists(f"enquiry:{one}")) for one in erased])
            return len(references), back, unreadable

    assert on_server(valkey, story) == (150, 0, set())

"""The main job: a form goes in, two mails come out, through real processes and real conversations."""

import asyncio
import json
import time
import urllib.error
import urllib.parse
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from clinic.store import connect
from tests.support import processes
from tests.support.processes import Process
from tests.support.relay import ScriptedRelay, Taken
from tests.support.valkey import Client, Valkey

PERSON = {
    "name": "Quenby Wrenfield",
    "email": "quenby@patient.test",
    "phone": "07700 900123",
    "message": "Zygomatic trouble since Michaelmas",
    "condition": "sacro-iliac-joint-pain",
}
WORDS = [b"Quenby", b"Wrenfield", b"patient.test", b"07700", b"Zygomatic", b"Michaelmas"]


@dataclass
class House:
    url: str
    relay: ScriptedRelay
    valkey: Valkey
    intake: Process
    worker: Process

    async def post(
        self, body: bytes, kind: str = "application/json", headers: Mapping[str, str] | None = None
    ) -> bytes:
        return await asyncio.to_thread(processes.post, f"{self.url}/enquiries", body, kind, headers)

    async def mails(self, number: int, seconds: float = 20) -> list[Taken]:
        """Wait for so many mails, and a moment longer for one too many."""
        deadline = time.monotonic() + seconds
        while len(self.relay.taken) < number and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.3)
        return self.relay.taken


@asynccontextmanager
async def house(folder: Path, valkey: Valkey) -> AsyncIterator[House]:
    async with ScriptedRelay() as relay:
        environment = {
            "REDIS_URL": valkey.url,
            "SMTP_URL": relay.url,
            "FRONTDESK_SECRET": processes.SECRET,
        }
        worker = await asyncio.to_thread(processes.worker, folder, environment)
        intake, url = await asyncio.to_thread(processes.intake, folder, environment)
        try:
            yield House(url, relay, valkey, intake, worker)
        finally:
            await asyncio.to_thread(intake.stop)
            await asyncio.to_thread(worker.stop)


async def test_an_enquiry_becomes_exactly_two_mails_and_nothing_about_the_person_is_anywhere_else(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with house(tmp_path, valkey) as running:
        answer = json.loads(await running.post(json.dumps(PERSON).encode()))
        mails = await running.mails(2)
        client: Client = connect(valkey.url)
        stored = b"".join([key + (await client.dump(key) or b"") for key in await client.keys("*")])
        await client.aclose()
        cmdlines = b"".join(
            Path(f"/proc/{process.pid}/cmdline").read_bytes() for process in (running.intake, running.worker)
        )
        output = (running.intake.output + running.worker.output).encode()
    assert sorted(mail.to for mail in mails) == ["quenby@patient.test", "reception@purephysiotherapy.example"]
    spaced = f"{answer['reference'][:4]} {answer['reference'][4:]}"
    assert all(spaced in str(mail.message["Subject"]) for mail in mails)
    assert {word for word in WORDS if word in stored + output + cmdlines} == set()
    on_disk = b"".join(file.read_bytes() for file in (tmp_path / "appendonlydir").iterdir())
    assert answer["reference"].encode() in on_disk
    assert {word for word in WORDS if word in on_disk} == set()


async def test_form_of_a_browser_is_answered_by_a_page_to_go_to(tmp_path: Path, valkey: Valkey) -> None:
    async with house(tmp_path, valkey) as running:
        form = urllib.parse.urlencode({**PERSON, "nonce": "n" * 22}).encode()
        page = await running.post(form, "application/x-www-form-urlencoded", {"Accept": "text/html"})
        again = await running.post(form, "application/x-www-form-urlencoded", {"Accept": "text/html"})
        mails = await running.mails(2)
    assert page == again
    assert len(mails) == 2


async def test_without_the_store_a_patient_is_asked_to_phone_and_the_worker_goes_on_when_it_is_back(
    tmp_path: Path, valkey: Valkey
) -> None:
    async with house(tmp_path, valkey) as running:
        valkey.kill()
        began = time.monotonic()
        with pytest.raises(urllib.error.HTTPError) as refused:
            await running.post(json.dumps(PERSON).encode())
        assert time.monotonic() - began < 2
        assert (refused.value.code, refused.value.headers["Retry-After"] is not None) == (503, True)
        assert b"01632 960123" in refused.value.read()
        await asyncio.to_thread(valkey.start)
        await running.post(json.dumps(PERSON).encode())
        assert len(await running.mails(2, seconds=60)) == 2

"""Canary words: a word in every field, driven through success and faults, is in the mails and nowhere else."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from clinic.store import connect
from tests.faults.stage import Stage, stage
from tests.support.clock import pass_time
from tests.support.collector import Collector, collecting
from tests.support.ledger import Ledger
from tests.support.processes import ROOT, SECRET, Process
from tests.support.relay import Taken
from tests.support.valkey import Client

WORDS = {
    "name": "Cnryname Quillfeather",
    "email": "cnrymail@quillfeather.example.org",
    "phone": "01632 960 777",
    "contact_when": "Cnrywhen after dusk",
    "message": "Cnrymessage my zygoma hurts",
}
SOUGHT = [
    b"Cnryname",
    b"Quillfeather",
    b"quillfeather",
    b"cnrymail",
    b"960 777",
    b"960777",
    b"Cnrywhen",
    b"Cnrymessage",
    b"zygoma",
]
# Relays like to repeat what they were given.
FAULTS = (
    ("RCPT", b"451 4.3.0 <cnrymail@quillfeather.example.org> later\r\n"),
    ("RCPT", b"550 5.1.1 <cnrymail@quillfeather.example.org> nobody here\r\n"),
    ("DOT", b"451 4.7.1 Cnrymessage my zygoma hurts: looks like spam, try later\r\n"),
    ("DOT", b"554 5.7.1 Cnryname Quillfeather is on our list\r\n"),
    ("DATA", b"521 go away, cnrymail\r\n"),
    ("MAIL", b"Cnryname is no answer at all\r\n"),
)


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as made:
        yield made


@pytest.fixture
async def on(collector: Collector) -> AsyncIterator[Stage]:
    async with stage(workers=2, intakes=2, more={"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}) as made:
        yield made


class Listening(list[Taken]):
    """Stands in for a relay's list, and keeps the bytes too."""

    def __init__(self, ledger: Ledger, kept: list[bytes]) -> None:
        self._ledger = ledger
        self._kept = kept

    def append(self, mail: Taken) -> None:
        self._kept.append(mail.content)
        self._ledger.append(mail)


def found(where: str, content: bytes) -> list[str]:
    return [f"{word.decode()} in {where}" for word in SOUGHT if word in content]


async def test_no_word_of_a_patient_is_anywhere_but_in_the_mails(on: Stage, collector: Collector) -> None:
    hits: list[str] = []
    kept: list[bytes] = []
    for relay, ledger in zip(on.relays, on.ledgers, strict=True):
        relay.taken = Listening(ledger, kept)
    environment = {"REDIS_URL": on.valkey.url, "FRONTDESK_SECRET": SECRET, "MONITOR_PORT": "0"}
    monitor = await asyncio.to_thread(Process, on.folder, "monitor", "monitor", environment=environment)
    try:
        page = (await asyncio.to_thread(monitor.ready, "monitor ready on ")).split("ready on ")[1]
        references = await drive(on)
        hits += await looked_at(on, page)
        hits += commanded(on, references)
    finally:
        await asyncio.to_thread(monitor.stop)
    for slot in on.fleet.slots:
        for life in slot.lives:
            hits += found(f"the log of {slot.name}", life.log.read_bytes())
    hits += found("the log of the monitor", monitor.output.encode())
    for file in (on.folder / "appendonlydir").iterdir():
        hits += found(file.name, file.read_bytes())
    for sent in collector.raw:
        hits += found("a trace", sent)
    assert hits == []
    assert {span.name for span in collector.spans} >= {"accept"}
    assert len(collector.spans) > len(references)
    # Or nothing was looked for: the alerts do have them.
    mails = b"".join(kept).replace(b"=\r\n", b"")
    assert all(word in mails for word in (b"Cnryname", b"Cnrywhen", b"Cnrymessage"))


async def drive(on: Stage) -> list[str]:
    """Send enquiries well and badly while the relay, the workers and the store misbehave; return the references."""
    references: list[str] = []
    host, port = on.fleet.addresses[0]
    async with httpx.AsyncClient(base_url=f"http://{host}:{port}", timeout=10) as client:
        for number, fault in enumerate((None, *FAULTS)):
            for relay in on.relays:
                relay.script.clear()
                if fault:
                    relay.first(fault[0], 2, fault[1])
            sent = await client.post("/enquiries", json=WORDS, headers={"Idempotency-Key": f"k{number}"})
            references.append(sent.json()["reference"])
            await asyncio.sleep(0.5)
        # What is refused is quoted to nobody but whoever sent it.
        await client.post("/enquiries", json=WORDS | {"email": "cnrymail quillfeather"})
        await client.post("/enquiries", data=WORDS | {"email": "cnrymail quillfeather"})
        await client.post(
            "/enquiries", content=json.dumps(WORDS).encode()[:-5], headers={"Content-Type": "application/json"}
        )
        await client.post("/enquiries", json=WORDS | {"message": ["Cnrymessage"]})
        await client.get("/enquiry/Cnryname")
        # A server that is full takes none, and one that stands still gives no answer.
        await on.redis.config_set("maxmemory", 1)
        await client.post("/enquiries", json=WORDS)
        await on.redis.config_set("maxmemory", 0)
        on.valkey.freeze()
        await client.post("/enquiries", json=WORDS)
        on.valkey.thaw()
        for relay in on.relays:
            relay.script["DOT"] = lambda _to: None
        on.fleet.kill(on.fleet.workers[0])
        on.fleet.kill(on.fleet.intakes[1])
        await on.fleet.all_at_work()
        on.valkey.kill()
        try:
            await client.post("/enquiries", json=WORDS)
        finally:
            await asyncio.to_thread(on.valkey.start)
        sent = await client.post("/enquiries", json=WORDS | {"fax": "1"})
    for _ in range(4):
        await asyncio.sleep(0.5)
        await pass_time(on.redis, 70)
    return references


async def looked_at(on: Stage, page: str) -> list[str]:
    """Look into keys, values, metrics, pages, and the command lines and environments of processes."""
    hits: list[str] = []
    redis: Client = on.redis
    for key in await redis.keys("*"):
        hits += found("a key", key)
        hits += found(f"the value of {key[:12].decode(errors='replace')}", await redis.dump(key) or b"")
    async with httpx.AsyncClient() as client:
        for path in ("/metrics", "/"):
            hits += found(f"the monitor's {path}", (await client.get(page + path)).content)
    for slot in on.fleet.slots:
        for name in ("cmdline", "environ"):
            hits += found(f"{name} of {slot.name}", Path(f"/proc/{slot.life.process.pid}/{name}").read_bytes())
    return hits


def commanded(on: Stage, references: list[str]) -> list[str]:
    """Look at what the operator's commands print, save the one that hands out what is kept."""
    hits: list[str] = []
    given = {**os.environ, "PYTHONPATH": str(ROOT), "REDIS_URL": on.valkey.url, "FRONTDESK_SECRET": SECRET}
    for words in (
        ("status",),
        ("status", "--json"),
        ("deliveries", "failed"),
        ("deliveries", "waiting"),
        ("quarantine",),
        ("report", "--csv"),
        ("replay", "all", "--yes"),
        ("erase", references[0], "--yes"),
    ):
        done = subprocess.run(
            [sys.executable, "-P", "-m", "ops", *words], env=given, capture_output=True, check=False, timeout=60
        )
        hits += found(f"`frontdesk {' '.join(words)}`", done.stdout + done.stderr)
    return hits


async def test_the_search_itself_finds(on: Stage) -> None:
    redis: Client = connect(on.valkey.url)
    await redis.set("x", "Cnryname")
    hits = [hit for key in await redis.keys("x") for hit in found("a value", await redis.dump(key))]
    await redis.aclose()
    assert hits == ["Cnryname in a value"]

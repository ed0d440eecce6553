"""An upgrade and the way back: what the commit before wrote drains under this one, and the other way round."""

import asyncio
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from clinic.hint import QUEUE
from clinic.settings import ROOT
from clinic.store import connect
from tests.support.clock import pass_time
from tests.support.ledger import keeping
from tests.support.patients import body
from tests.support.processes import NO_LIMITS, SECRET, Process, post
from tests.support.relay import ScriptedRelay
from tests.support.valkey import Client, Valkey
from tests.support.without import without

ENQUIRIES = 12
MORE = 4
LATER = (b"reminder-", b"escalation-", b"digest-", b"canary", b"purge")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the code of the commit before this one."""
    folder = tmp_path_factory.mktemp("before")
    packed = subprocess.run(
        ["git", "archive", "--format=tar", "HEAD~1"],  # noqa: S607 - the one of PATH
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if packed.returncode:
        why = packed.stderr.decode(errors="replace").strip()
        without(f"NO COMMIT BEFORE, so no upgrade was tried: {why}")
    subprocess.run(["tar", "-x"], cwd=folder, input=packed.stdout, check=True)  # noqa: S607 - as above
    return folder


def environment(valkey: Valkey, relay: ScriptedRelay) -> dict[str, str]:
    return {
        "REDIS_URL": valkey.url,
        "FRONTDESK_SECRET": SECRET,
        "SMTP_URL": relay.url,
        "INTAKE_PORT": "0",
        **NO_LIMITS,
    }


@pytest.mark.parametrize("upwards", [True, False], ids=["upgrade", "rollback"])
async def test_what_one_wrote_drains_under_the_other(
    valkey: Valkey, tmp_path: Path, before: Path, upwards: bool
) -> None:
    writes, drains = (before, ROOT) if upwards else (ROOT, before)
    relay, ledger = keeping("relay")
    async with relay:
        given = environment(valkey, relay)
        # The relay says "later" to all, so that every delivery waits in some state when the code is changed.
        relay.first("RCPT", 1_000_000, b"451 4.3.0 later\r\n")
        started = [
            await asyncio.to_thread(run, tmp_path, f"{part}-writes", part, given, writes)
            for part in ("worker", "intake")
        ]
        url = started[1].ready("intake ready on ").split("ready on ")[1].strip()
        for number in range(ENQUIRIES):
            await asyncio.to_thread(post, f"{url}/enquiries", body(number))
        redis: Client = connect(valkey.url)
        while relay.seen["RCPT"] < 2 * ENQUIRIES:
            await asyncio.sleep(0.05)
        # The worker first: what then comes in lies in the queue, as a message of the code that wrote it.
        await asyncio.to_thread(started[0].stop)
        for number in range(ENQUIRIES, ENQUIRIES + MORE):
            await asyncio.to_thread(post, f"{url}/enquiries", body(number))
        assert await redis.llen(QUEUE) > 0
        await asyncio.to_thread(started[1].stop)
        relay.script.clear()
        ours = await asyncio.to_thread(run, tmp_path, "worker-drains", "worker", given, drains)
        try:
            deadline = time.monotonic() + 60
            while len(ledger.copies) < 2 * (ENQUIRIES + MORE):
                assert time.monotonic() < deadline, ours.output[-2000:]
                await pass_time(redis, 10)
                await asyncio.sleep(0.5)
            while not all(m.partition(b"/")[2].startswith(LATER) for m in await redis.zrange("diary", 0, -1)):
                assert time.monotonic() < deadline, ours.output[-2000:]
                await asyncio.sleep(0.1)
        finally:
            await asyncio.to_thread(ours.stop)
            await redis.aclose()
    copies = Counter((copy.reference, copy.delivery.partition("-")[0]) for copy in ledger.copies)
    mails = {one: count for one, count in copies.items() if one[1] in ("alert", "confirmation")}
    assert len(mails) == 2 * (ENQUIRIES + MORE)
    assert set(mails.values()) == {1}
    # What the commit before says as it stops is past mending.
    assert not upwards or [line for line in ours.output.splitlines() if '"level": "error"' in line] == []


def run(folder: Path, name: str, part: str, given: dict[str, str], root: Path) -> Process:
    process = Process(folder, name, part, environment={**given, "CLINIC_FILE": str(root / "clinic.toml")}, root=root)
    process.ready("ready")
    return process

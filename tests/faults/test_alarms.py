"""Each part is killed in turn, and within a minute the right alarm is told where no mail goes, and `status` says so."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from tests.faults.stage import Stage, stage
from tests.support.patients import body
from tests.support.processes import ROOT, SECRET, Process, post
from tests.support.receiver import receiving

WITHIN_SECONDS = 60.0


@dataclass
class Told:
    """What a webhook was told: (alarm, status), in its order."""

    alarms: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def told() -> Iterator[Told]:
    made = Told()

    def take(_path: str, _headers: Mapping[str, str], body: bytes) -> int:
        sent = json.loads(body)
        made.alarms.append((sent["alarm"], sent["status"]))
        return 204

    with receiving(take) as port:
        made.url = f"http://127.0.0.1:{port}/"
        yield made


@pytest.fixture
async def on(told: Told) -> AsyncIterator[Stage]:
    """Play with two workers, an intake and a monitor, and wait until all is well."""
    async with stage(workers=2, intakes=1) as made:
        environment = {
            "REDIS_URL": made.valkey.url,
            "FRONTDESK_SECRET": SECRET,
            "ALARM_URLS": told.url,
            "MONITOR_PORT": "0",
        }
        monitor = await asyncio.to_thread(Process, made.folder, "monitor", "monitor", environment=environment)
        try:
            await asyncio.to_thread(monitor.ready, "monitor ready")
            await until(lambda: status(made)[0] == 0)
            told.alarms.clear()
            yield made
        finally:
            await asyncio.to_thread(monitor.stop)


def status(on: Stage) -> tuple[int, str]:
    """Return the exit code and the output of `frontdesk status`."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "ops", "status"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "REDIS_URL": on.valkey.url, "FRONTDESK_SECRET": SECRET},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


async def until(what: Callable[[], object], seconds: float = WITHIN_SECONDS) -> float:
    """Wait for it, and return how long that took."""
    began = time.monotonic()
    while not await asyncio.to_thread(what):
        assert time.monotonic() - began < seconds, "it did not come to that"
        await asyncio.sleep(0.2)
    return time.monotonic() - began


async def send(on: Stage) -> None:
    host, port = on.fleet.addresses[0]
    await asyncio.to_thread(post, f"http://{host}:{port}/enquiries", body())


async def test_workers_that_are_dead_or_stand_still_are_told_within_a_minute(on: Stage, told: Told) -> None:
    dead, frozen = on.fleet.workers
    for slot, number in ((dead, signal.SIGKILL), (frozen, signal.SIGSTOP)):
        slot.held = True
        on.fleet.kill(slot, number)
    await until(lambda: {("NoWorkers", "firing"), ("NotConsuming", "firing")} <= set(told.alarms))
    code, shown = status(on)
    assert code == 1
    assert "NoWorkers: the last worker was seen" in shown
    assert "NotConsuming: no canary came back for" in shown
    dead.held = False
    await until(lambda: {("NoWorkers", "resolved"), ("NotConsuming", "resolved")} <= set(told.alarms))


async def test_an_intake_that_is_dead_is_told_within_a_minute_and_nothing_else_is(on: Stage, told: Told) -> None:
    [intake] = on.fleet.intakes
    intake.held = True
    on.fleet.kill(intake)
    await until(lambda: ("NoIntakes", "firing") in told.alarms)
    assert told.alarms == [("NoIntakes", "firing")]
    code, shown = status(on)
    assert code == 1
    assert "NoIntakes: the last intake was there" in shown
    intake.held = False
    await until(lambda: ("NoIntakes", "resolved") in told.alarms)


async def test_workers_that_live_and_consume_nothing_are_told_within_a_minute(on: Stage, told: Told) -> None:
    # Whatever stops every delivery on its way: here claims find a script's key of another kind.
    await on.redis.delete("deliveries:canary")
    await on.redis.set("deliveries:canary", "of another kind")
    await until(lambda: ("NotConsuming", "firing") in told.alarms)
    assert told.alarms == [("NotConsuming", "firing")]
    code, shown = status(on)
    assert code == 1
    assert "NotConsuming: no canary came back for" in shown
    assert "2 alive" in shown


async def test_a_store_that_stands_still_or_is_no_longer_durable_is_told_within_a_minute(on: Stage, told: Told) -> None:
    await on.redis.config_set("appendfsync", "everysec")
    await until(lambda: ("StoreNotDurable", "firing") in told.alarms)
    assert "StoreNotDurable: appendfsync is everysec, not always" in status(on)[1]
    await on.redis.config_set("appendfsync", "always")
    on.valkey.freeze()
    await until(lambda: ("StoreAway", "firing") in told.alarms)
    code, shown = status(on)
    on.valkey.thaw()
    assert code == os.EX_TEMPFAIL
    assert "StoreAway: the store can't be read" in shown
    await until(lambda: ("StoreAway", "resolved") in told.alarms)


async def test_a_dead_relay_is_told_within_a_minute(on: Stage, told: Told) -> None:
    for relay in on.relays:
        await relay.__aexit__(None, None, None)
    await send(on)
    await until(lambda: ("RelayAway", "firing") in told.alarms)
    assert "deliveries wait for a relay that can't be reached" in status(on)[1]


async def test_a_dead_store_is_told_within_a_minute(on: Stage, told: Told) -> None:
    on.valkey.kill()
    await until(lambda: ("StoreAway", "firing") in told.alarms)
    code, shown = status(on)
    assert code == os.EX_TEMPFAIL
    assert "REDIS_URL: the server does not answer" in shown
    await asyncio.to_thread(on.valkey.start)
    await until(lambda: ("StoreAway", "resolved") in told.alarms)


async def test_a_mail_that_fails_is_told_within_a_minute(on: Stage, told: Told) -> None:
    for relay in on.relays:
        relay.first("RCPT", 1, b"550 5.1.1 nobody\r\n")
    await send(on)
    await until(lambda: ("MailFailed", "firing") in told.alarms)
    assert "MailFailed: 1 delivery failed" in status(on)[1]

"""Each part is killed in turn, and within a minute the right alarm is told where no mail goes, and `status` says so.

To wait for a threshold is what takes the time: all scenes are played at once, each in a house of its own.
"""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
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

    def over(self) -> bool:
        """Return whether what came has gone."""
        return [status for _, status in self.alarms].count("firing") * 2 == len(self.alarms)


Scene = Callable[[Stage, Told], Awaitable[None]]


@pytest.fixture(scope="module")
def played(request: pytest.FixtureRequest) -> Iterator[Mapping[Scene, "Future[None]"]]:
    """Begin to play the scenes that were asked for, and yield what becomes of each."""
    asked = [item.callspec.params.get("scene") for item in request.session.items if hasattr(item, "callspec")]
    scenes, opening = [scene for scene in SCENES if scene in asked], threading.Lock()
    with ThreadPoolExecutor(len(scenes)) as threads:
        yield {scene: threads.submit(asyncio.run, in_a_house(scene, opening)) for scene in scenes}


async def in_a_house(scene: Scene, opening: threading.Lock) -> None:
    """Play with two workers, an intake and a monitor, when all is well; one house opens at a time."""
    told = Told()

    def take(_path: str, _headers: Mapping[str, str], body: bytes) -> int:
        sent = json.loads(body)
        told.alarms.append((sent["alarm"], sent["status"]))
        return 204

    async with contextlib.AsyncExitStack() as house:
        port = house.enter_context(receiving(take))
        with opening:
            on = await house.enter_async_context(stage(workers=2, intakes=1))
            environment = {
                "REDIS_URL": on.valkey.url,
                "FRONTDESK_SECRET": SECRET,
                "ALARM_URLS": f"http://127.0.0.1:{port}/",
                "MONITOR_PORT": "0",
            }
            monitor = Process(on.folder, "monitor", "monitor", environment=environment)
            house.callback(monitor.stop)
            await asyncio.to_thread(monitor.ready, "monitor ready")
            await until(lambda: status(on)[0] == 0)
        # What the monitor missed before all were there it takes back at its next look.
        await until(told.over)
        told.alarms.clear()
        await scene(on, told)


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


async def workers_that_are_dead_or_stand_still(on: Stage, told: Told) -> None:
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


async def an_intake_that_is_dead_and_nothing_else_is(on: Stage, told: Told) -> None:
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


async def workers_that_live_and_consume_nothing(on: Stage, told: Told) -> None:
    # Whatever stops every delivery on its way: here claims find a script's key of another kind.
    await on.redis.delete("deliveries:canary")
    await on.redis.set("deliveries:canary", "of another kind")
    await until(lambda: ("NotConsuming", "firing") in told.alarms)
    assert told.alarms == [("NotConsuming", "firing")]
    code, shown = status(on)
    assert code == 1
    assert "NotConsuming: no canary came back for" in shown
    assert "2 alive" in shown


async def a_store_that_stands_still_or_is_no_longer_durable(on: Stage, told: Told) -> None:
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


async def a_dead_relay(on: Stage, told: Told) -> None:
    for relay in on.relays:
        await relay.__aexit__(None, None, None)
    await send(on)
    await until(lambda: ("RelayAway", "firing") in told.alarms)
    assert "deliveries wait for a relay that can't be reached" in status(on)[1]


async def a_dead_store(on: Stage, told: Told) -> None:
    on.valkey.kill()
    await until(lambda: ("StoreAway", "firing") in told.alarms)
    code, shown = status(on)
    assert code == os.EX_TEMPFAIL
    assert "REDIS_URL: the server does not answer" in shown
    await asyncio.to_thread(on.valkey.start)
    await until(lambda: ("StoreAway", "resolved") in told.alarms)


async def a_mail_that_fails(on: Stage, told: Told) -> None:
    for relay in on.relays:
        relay.first("RCPT", 1, b"550 5.1.1 nobody\r\n")
    await send(on)
    await until(lambda: ("MailFailed", "firing") in told.alarms)
    assert "MailFailed: 1 delivery failed" in status(on)[1]


SCENES: tuple[Scene, ...] = (
    workers_that_are_dead_or_stand_still,
    an_intake_that_is_dead_and_nothing_else_is,
    workers_that_live_and_consume_nothing,
    a_store_that_stands_still_or_is_no_longer_durable,
    a_dead_relay,
    a_dead_store,
    a_mail_that_fails,
)


@pytest.mark.parametrize("scene", SCENES)
def test_within_a_minute_is_told(played: Mapping[Scene, "Future[None]"], scene: Scene) -> None:
    played[scene].result()

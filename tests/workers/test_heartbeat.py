"""The heartbeat: a worker is seen while it lives, with what it did; its file is touched whether it is heard or not."""

from pathlib import Path

import pytest

from clinic.errors import ConfigurationError
from clinic.store import Gauges, Store, connect
from tests.support.clock import SetClock
from tests.support.valkey import Client, Valkey
from workers.heartbeat import Heartbeat


async def test_it_says_who_lives_and_how_far_it_has_got(redis: Client, tmp_path: Path) -> None:
    clock, file = SetClock(), tmp_path / "alive"
    heartbeat = Heartbeat(Store(redis), "worker-1", clock, file)
    heartbeat.settled()
    heartbeat.settled()
    await heartbeat.beat()
    [worker] = (await Gauges(redis).read()).workers
    assert (worker.name, worker.settled) == ("worker-1", 2)
    assert worker.seen_ms < 5000
    assert file.exists()


async def test_who_was_not_seen_for_an_hour_is_forgotten(redis: Client) -> None:
    clock = SetClock()
    store = Store(redis, clock)
    await Heartbeat(store, "old", clock).beat()
    clock.forward(3601)
    await Heartbeat(store, "new", clock).beat()
    assert await redis.zrange("workers", 0, -1) == [b"new"]
    assert await redis.hkeys("progress") == [b"new"]


async def test_a_store_that_is_away_is_no_reason_to_have_a_worker_replaced(valkey: Valkey, tmp_path: Path) -> None:
    """Another would not start without it, later and later, and be late when it is back."""
    redis = connect(valkey.url)
    valkey.kill()
    await Heartbeat(Store(redis), "worker-1", SetClock(), tmp_path / "alive").beat()
    assert (tmp_path / "alive").exists()
    await redis.aclose()


def test_a_file_that_can_not_be_is_refused_at_the_start(redis: Client, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"^ALIVE_FILE: .*/missing/alive can't be made"):
        Heartbeat(Store(redis), "worker-1", SetClock(), tmp_path / "missing" / "alive")


async def test_a_file_that_can_no_longer_be_touched_does_not_stop_the_heartbeat(redis: Client, tmp_path: Path) -> None:
    """Else the worker would work and count as gone, for as long as it lives."""
    folder = tmp_path / "run"
    folder.mkdir()
    heartbeat = Heartbeat(Store(redis), "worker-1", SetClock(), folder / "alive")
    folder.rmdir()
    await heartbeat.beat()
    assert await redis.zrange("workers", 0, -1) == [b"worker-1"]

"""The heartbeat: a worker is seen while it lives, with what it did, and touches its file while the store hears it."""

from pathlib import Path

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


async def test_without_a_store_there_is_no_heartbeat(valkey: Valkey, tmp_path: Path) -> None:
    redis = connect(valkey.url)
    valkey.kill()
    await Heartbeat(Store(redis), "worker-1", SetClock(), tmp_path / "alive").beat()
    assert not (tmp_path / "alive").exists()
    await redis.aclose()

"""A worker whose Redis failed while all its tasks ran takes the next hint: the contract with the pinned kombu.

kombu's own acknowledgements keep the prefetch credit of a task whose acknowledgement failed, for ever; we run without
them (workers/app.py). With all credits taken, a worker of that kind would be alive, idle and silent.
"""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from clinic.hint import QUEUE, hint_message
from clinic.settings import ROOT
from clinic.store import connect
from tests.support.failover import failed_over
from tests.support.slow_worker import TASK_SECONDS
from tests.support.valkey import Valkey
from workers.app import THREADS

WITHIN_SECONDS = 20.0


class Slow:
    """The worker, and what it said."""

    def __init__(self, folder: Path, url: str, *how: str) -> None:
        self._log = folder / "slow.log"
        with self._log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.slow_worker", url, *how], cwd=ROOT, stdout=file, stderr=file
            )

    async def said(self, word: str, times: int, seconds: float = WITHIN_SECONDS) -> bool:
        """Wait until it said a word so often."""
        for _ in range(int(seconds / 0.05)):
            if self._log.read_text().split().count(word) >= times:
                return True
            await asyncio.sleep(0.05)
        return False


@pytest.fixture
def slow(tmp_path: Path, valkey: Valkey) -> Iterator[Slow]:
    worker = Slow(tmp_path, valkey.url)
    yield worker
    worker.process.kill()
    worker.process.wait()


async def killed(valkey: Valkey) -> None:
    valkey.kill()
    await asyncio.sleep(TASK_SECONDS + 0.5)
    await asyncio.to_thread(valkey.start)


async def frozen(valkey: Valkey) -> None:
    valkey.freeze()
    await asyncio.sleep(TASK_SECONDS + 0.5)
    valkey.thaw()


async def full(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    await redis.config_set("maxmemory", "1mb")
    await asyncio.sleep(TASK_SECONDS + 0.5)
    await redis.config_set("maxmemory", "0")
    await redis.aclose()


async def read_only(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    await redis.replicaof("127.0.0.1", 1)
    await asyncio.sleep(TASK_SECONDS + 0.5)
    await redis.replicaof("NO", "ONE")
    await redis.aclose()


async def loading(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    await redis.set("something", "to load")
    await redis.aclose()
    valkey.kill()
    valkey.options += ["--key-load-delay", str(int((TASK_SECONDS + 0.5) * 1_000_000 / 4))]
    await asyncio.to_thread(valkey.start)


@pytest.mark.parametrize("fail", [killed, frozen, full, read_only, loading])
async def test_next_hint_is_taken_after_redis_failed_under_running_tasks(
    valkey: Valkey, slow: Slow, fail: Callable[[Valkey], Awaitable[None]]
) -> None:
    redis = connect(valkey.url)
    await redis.lpush(QUEUE, *[hint_message(f"R{number}") for number in range(THREADS)])
    assert await slow.said("taken", THREADS)
    await fail(valkey)
    assert await slow.said("done", THREADS)
    fresh = connect(valkey.url)
    await fresh.lpush(QUEUE, *[hint_message(f"S{number}") for number in range(THREADS)])
    assert await slow.said("taken", 2 * THREADS), "the worker is alive, idle and silent"
    await fresh.aclose()
    await redis.aclose()


async def test_next_hint_is_taken_at_another_server_once_the_name_leads_there(
    valkey: Valkey, slow: Slow, tmp_path: Path
) -> None:
    redis = connect(valkey.url)
    await redis.lpush(QUEUE, *[hint_message(f"R{number}") for number in range(THREADS)])
    assert await slow.said("taken", THREADS)
    await redis.aclose()
    async with failed_over(valkey, tmp_path / "other", 2.0):
        fresh = connect(valkey.url)
        await fresh.lpush(QUEUE, *[hint_message(f"S{number}") for number in range(THREADS)])
        assert await slow.said("taken", 2 * THREADS), "the worker asks a server at which nobody queues"
        await fresh.aclose()

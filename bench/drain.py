"""Drain and burst: how fast two mails for each of many enquiries go out, and what that costs."""

import asyncio
import time
from dataclasses import dataclass

from redis import Redis

from bench.stand import Stand
from tests.support.load import Load

POLL_SECONDS = 0.02
PATIENCE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Drained:
    """How long it took in seconds, and processor time of all processes of the service in that time."""

    enquiries: int
    seconds: float
    cpu_seconds: float
    memory: int

    @property
    def per_second(self) -> float:
        """Return enquiries a second."""
        return self.enquiries / self.seconds


def fill(made: Stand, enquiries: int, first: int = 0) -> None:
    """Post enquiries as fast as the intake takes them, over 16 connections; each number from `first` on is another."""
    host, port = made.url.removeprefix("http://").split(":")
    load = Load([(host, int(port))], enquiries, 1e9, connections=16, first=first)
    asyncio.run(load.run())
    assert len(load.answered) == enquiries, load.came


def drain(made: Stand, enquiries: int) -> Drained:
    """Fill, start the workers, and time them from their first mail's possible start until the last is settled."""
    fill(made, enquiries)
    began, cpu = time.monotonic(), made.cpu_seconds()
    made.work()
    wait_until_sent(made, enquiries)
    return Drained(enquiries, time.monotonic() - began, made.cpu_seconds() - cpu, made.memory())


def burst(made: Stand, enquiries: int) -> Drained:
    """Post to a service that stands ready, and time it from the first POST until the last mail is settled."""
    made.work()
    fill(made, 20)
    wait_until_sent(made, 20)
    began, cpu = time.monotonic(), made.cpu_seconds()
    fill(made, enquiries, first=20)
    wait_until_sent(made, enquiries + 20)
    return Drained(enquiries, time.monotonic() - began, made.cpu_seconds() - cpu, made.memory())


def wait_until_sent(made: Stand, enquiries: int) -> None:
    """Wait until both mails of so many enquiries are out."""
    redis = Redis(unix_socket_path=str(made.valkey.socket))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _sent(made, redis, enquiries):
        assert made.processes["worker"].poll() is None, (made.folder / "worker.log").read_text()[-2000:]
        assert time.monotonic() < deadline, (made.folder / "worker.log").read_text()[-2000:]
        time.sleep(POLL_SECONDS)
    redis.close()


def _sent(made: Stand, redis: "Redis", enquiries: int) -> bool:
    if made.kind == "ours":
        confirmations, alerts = redis.hmget("counts", "confirmation.sent", "alert.sent")
        return int(confirmations or 0) + int(alerts or 0) >= 2 * enquiries
    return redis.llen("celery") == 0 and redis.hlen("unacked") == 0

"""Growth: whether a worker sends as fast, and stays as small, however many enquiries wait."""

import asyncio
import time
from dataclasses import dataclass

from redis import Redis

from bench.stand import BODY, Stand
from clinic.acceptance import Acceptance
from clinic.clock import WallClock
from clinic.enquiry import Offered, read_enquiry
from clinic.facts import ClinicFacts, read_facts
from clinic.seal import Blinder, Seal
from clinic.store import Store, connect
from intake.fields import json_fields
from tests.support.processes import SECRET

AT_ONCE = 64
# What a worker does only once is over by then, and is not measured.
WARM = 200
MEASURED_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Grown:
    """Of a service under which so many enquiries wait: bytes each in Redis, the rate, and a worker's memory."""

    waiting: int
    bytes_each: float
    per_second: float
    memory: int


def grown(made: Stand, waiting: int) -> Grown:
    """Have so many enquiries wait, then start a worker and watch it for a while."""
    redis = Redis(unix_socket_path=str(made.valkey.socket))
    before = int(redis.info("memory")["used_memory"])
    asyncio.run(wait_with(made, waiting))
    each = (int(redis.info("memory")["used_memory"]) - before) / waiting
    worker = made.start("worker", "-P", "-m", "ops", "worker")
    while sent(redis) < WARM:
        assert worker.poll() is None, (made.folder / "worker.log").read_text()[-2000:]
        time.sleep(0.005)
    began, first = time.monotonic(), sent(redis)
    while time.monotonic() - began < MEASURED_SECONDS and sent(redis) < 2 * waiting:
        time.sleep(0.02)
    rate = (sent(redis) - first) / 2 / (time.monotonic() - began)
    redis.close()
    return Grown(waiting, each, rate, made.memory_of("worker"))


def offered_by(facts: ClinicFacts) -> Offered:
    """Return what may be asked for."""
    return Offered(frozenset(one.slug for one in facts.condition), frozenset(one.slug for one in facts.site))


async def wait_with(made: Stand, waiting: int) -> None:
    """Accept enquiries as the intake does, without HTTP and without counting limits."""
    facts = read_facts(made.folder / "clinic.toml")
    enquiry = read_enquiry(json_fields(BODY), offered_by(facts))
    store = Store(connect(made.valkey.url, wait=60))
    acceptance = Acceptance(store, facts, Seal([SECRET]), Blinder(SECRET, "idempotency"), WallClock())
    # The first has the store keep the facts, which all others would do at once.
    await acceptance.accept(enquiry, idempotency_key=None, body=BODY)
    left = waiting - 1

    async def some() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await acceptance.accept(enquiry, idempotency_key=None, body=BODY)

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    await store.close()


def sent(redis: "Redis") -> int:
    """Return how many mails are out."""
    return sum(int(one or 0) for one in redis.hmget("counts", "confirmation.sent", "alert.sent"))

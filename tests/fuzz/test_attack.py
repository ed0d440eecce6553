"""A short attack with each run of the tests; `python -m tests.fuzz` is the long one, with its figures."""

from pathlib import Path

from clinic.facts import ClinicFacts
from clinic.store import connect
from tests.fuzz.attack import beside_slow, fuzz
from tests.fuzz.confirmations import differing
from tests.support.fleet import Fleet
from tests.support.valkey import Client, Valkey


async def test_wrong_requests_are_refused_and_slow_ones_hold_nobody_up(valkey: Valkey, tmp_path: Path) -> None:
    redis: Client = connect(valkey.url)
    async with Fleet(tmp_path, valkey.url, ["smtp://127.0.0.1:9"], intakes=1) as fleet:
        found = await fuzz(fleet.addresses[0], 1500, 7, 8, lambda _done: None)
        assert found.suspicious == []
        assert sum(found.statuses.values()) == 1500
        assert await redis.keys("enquiry:*") == []
        _, waits, shut_out = await beside_slow(fleet.addresses[0], 40, 40, 40.0)
        assert (len(waits), shut_out) == (40, 40)
        assert len(await redis.keys("enquiry:*")) == 40
    await redis.aclose()


def test_confirmations_say_nothing_that_a_stranger_typed(facts: ClinicFacts) -> None:
    assert differing(facts, 300, 1, lambda _done: None) == 0

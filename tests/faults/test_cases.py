"""Faults of the relay (22 to 34 of the list), of records, templates and memory: each costs what the table says."""

from pathlib import Path

import pytest

from clinic.facts import ClinicFacts
from tests.faults.bench import Bench
from tests.faults.cases import CASES
from tests.support.relay import ScriptedRelay
from tests.support.valkey import Client


@pytest.mark.parametrize("name", CASES)
async def test_nothing_is_lost_and_nothing_doubled_outside_the_window(
    redis: Client, facts: ClinicFacts, tmp_path: Path, name: str
) -> None:
    async with ScriptedRelay() as relay:
        row = await CASES[name](Bench(redis, facts, relay, tmp_path))
    assert row.faults == []

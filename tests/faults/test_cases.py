"""Faults of the relay (22 to 34 of the list), of records, templates and memory: each costs what the table says.

And none of them has a word of the patient's anywhere but in the mails.
"""

import re
from pathlib import Path

import pytest

from clinic.facts import ClinicFacts
from clinic.store import Gauges
from ops.monitor.metrics import exposition
from tests.faults.bench import Bench
from tests.faults.cases import CASES
from tests.support.relay import ScriptedRelay
from tests.support.valkey import Client

# What the patients of the bench are called, where they are written to, and what they say.
PERSON = re.compile(rb"[Pp]atient[ -]\d|@example\.org|hurts when I sit")


@pytest.mark.parametrize("name", CASES)
async def test_nothing_is_lost_and_nothing_doubled_outside_the_window_and_no_word_is_let_out(
    redis: Client,
    facts: ClinicFacts,
    tmp_path: Path,
    name: str,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with ScriptedRelay() as relay:
        row = await CASES[name](Bench(redis, facts, relay, tmp_path))
    assert row.faults == []
    said = "".join(capfd.readouterr()) + caplog.text
    assert hits({"what was said": said.encode(), **await kept(redis)}) == []


async def kept(redis: Client) -> dict[str, bytes]:
    """Return all that the server holds, and what a scraper is told of it."""
    names = await redis.keys("*")
    found = {f"the value of {name.decode(errors='replace')}": await redis.dump(name) or b"" for name in names}
    metrics = exposition(await Gauges(redis).read(), "1.0", [])
    return {"the keys": b"\n".join(names), "the metrics": metrics, **found}


def hits(looked_at: dict[str, bytes]) -> list[str]:
    return [
        f"{found[0].decode()} in {where}" for where, content in looked_at.items() if (found := PERSON.search(content))
    ]


async def test_the_search_itself_finds(redis: Client) -> None:
    await redis.set("slip", "Patient 7 wrote")
    assert hits(await kept(redis)) == ["Patient 7 in the value of slip"]

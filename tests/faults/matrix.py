"""The matrix: every scenario by name, in the order of the table."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from clinic.delivery import Kind
from clinic.facts import read_facts
from clinic.settings import ROOT
from clinic.store import connect
from tests.faults.bench import Bench
from tests.faults.cases import CASES
from tests.faults.cuts import cut_accept, cut_mail
from tests.faults.kills import Tell, kills, restarts
from tests.faults.row import Row
from tests.faults.scenes import SCENES, played
from tests.faults.standstills import alerts_beside, frozen_worker
from tests.support.relay import Answer, ScriptedRelay
from tests.support.valkey import Valkey

Scenario = Callable[[Tell], Awaitable[Row]]
VALKEY_KILLS = 50


@dataclass(frozen=True, slots=True)
class Size:
    """How much is tried: all of it, or what fits into a coffee break."""

    enquiries: int = 10_000
    share: tuple[tuple[str, int], ...] = (("intake", 30), ("worker", 50), ("dispatcher", 10), ("valkey", 10))
    valkey_kills: int = VALKEY_KILLS
    restarts: int = 200
    every_byte: int = 1


QUICK = Size(
    enquiries=1_000,
    share=(("intake", 6), ("worker", 10), ("dispatcher", 2), ("valkey", 2)),
    valkey_kills=10,
    restarts=20,
    every_byte=97,
)


async def one_case(_tell: Tell, *, name: str) -> Row:
    """Play one case on a bench."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        server = Valkey(Path(folder))
        server.start()
        redis = connect(server.url)
        try:
            async with ScriptedRelay() as relay:
                return await CASES[name](Bench(redis, read_facts(ROOT / "clinic.toml"), relay, Path(folder)))
        finally:
            await redis.aclose()
            server.remove()


def scenarios(size: Size, seeds: int) -> dict[str, Scenario]:
    """Return every scenario by its name."""
    found: dict[str, Scenario] = {}
    for seed in range(1, seeds + 1):
        found[f"kills {seed}"] = partial(
            kills, seed, size.enquiries, dict(size.share), title="SIGKILL at random, under load"
        )
    found["valkey kills"] = partial(
        kills, 1, 60 * size.valkey_kills, {"valkey": size.valkey_kills}, title="Valkey killed under load"
    )
    found["restarts"] = partial(restarts, size.restarts)
    for cold in (False, True):
        name = f"accept cuts {'cold' if cold else 'warm'}"
        found[name] = partial(cut_accept, cold=cold, every=size.every_byte)
    for kind in (Kind.ALERT, Kind.CONFIRMATION):
        found[f"mail cuts {kind}"] = partial(cut_mail, kind=kind, every=size.every_byte)
    for name, scene in SCENES.items():
        found[name] = partial(played, scene)
    for verb in ("RCPT", "DATA", "DOT"):
        found[f"frozen worker {verb}"] = partial(frozen_worker, verb=verb)
    found["confirmations deferred"] = partial(
        alerts_beside, title="44 all confirmations deferred", answer=Answer(b"450 4.2.0 later\r\n")
    )
    found["confirmations stall"] = partial(alerts_beside, title="44 all confirmations stall", answer=Answer(None))
    for name in CASES:
        found[f"case: {name}"] = partial(one_case, name=name)
    return found


async def run(names: dict[str, Scenario], tell: Tell, done: Callable[[str, Row], None]) -> list[Row]:
    """Run scenarios one after the other; one that breaks is a row that does not hold."""
    rows: list[Row] = []
    for name, scenario in names.items():
        try:
            row = await scenario(tell)
        except Exception as error:  # noqa: BLE001 - the others still run, and the table says so
            row = Row(name, "broke off", others=[f"{type(error).__name__}: {error}"[:300]])
        rows.append(row)
        done(name, row)
        await asyncio.sleep(0)
    return rows

"""Every alarm has its rule, and what a relay does to us is one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clinic.delivery import Kind
from clinic.facts import ClinicFacts
from clinic.store import Gauges
from clinic.store.reading import Worker
from ops.monitor.alarms import NAMES, STORE_AWAY, raised, unknown
from tests.ops.monitor.scraped import samples, value
from tests.ops.monitor.well import WELL
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("StoreNotDurable", {"server": replace(WELL.server, faults=("appendfsync is everysec, not always",))}),
        ("NoWorkers", {"workers": (Worker("one", 31_000, 3, 2000),)}),
        ("NoWorkers", {"workers": ()}),
        ("NoIntakes", {"intakes_ms": (31_000,)}),
        ("NoIntakes", {"intakes_ms": ()}),
        ("NotConsuming", {"canary_ms": 46_000}),
        ("NotConsuming", {"canary_ms": None}),
        ("RelayAway", {"stranded": 3, "stranded_ms": 21_000}),
        ("LoginRefused", {"login_paused": True}),
        ("MailLate", {"retrying_ms": 21 * 60_000}),
        ("MailFailed", {"standing": {(Kind.CONFIRMATION, "failed"): 1}}),
        ("MailFailed", {"standing": {(Kind.CONFIRMATION, "in_doubt"): 1}}),
        ("RewriteFailed", {"server": replace(WELL.server, aof_rewrites=False)}),
        ("MemoryLow", {"server": replace(WELL.server, memory=9_000_000)}),
    ],
)
def test_each_alarm_has_its_rule(name: str, change: Mapping[str, object]) -> None:
    assert raised(WELL) == []
    assert [alarm.name for alarm in raised(replace(WELL, **change))] == [name]  # type: ignore[arg-type]  # fields of it
    assert name in NAMES


@pytest.mark.parametrize("canary_ms", [46_000, None])
@pytest.mark.parametrize(
    ("kind", "ended_ms", "names"),
    [
        (Kind.ALERT, 60_000, []),
        (Kind.ESCALATION, 1_000, []),
        # None of them comes to an end.
        (Kind.ALERT, 95_000, ["NotConsuming"]),
        (Kind.ALERT, None, ["NotConsuming"]),
        # A canary does not wait behind these.
        (Kind.CONFIRMATION, 1_000, ["NotConsuming"]),
        (Kind.CANARY, 1_000, ["NotConsuming"]),
    ],
)
def test_a_canary_that_waits_behind_reception_s_mails_is_no_standstill(
    kind: Kind, ended_ms: int | None, names: list[str], canary_ms: int | None
) -> None:
    busy = {(kind, "sending"): 32, (kind, "due"): 400}
    workers = (Worker("one", 2_000, 3, ended_ms), Worker("two", 2_000, 0, None))
    reading = replace(WELL, canary_ms=canary_ms, standing=busy, workers=workers)  # type: ignore[arg-type]  # its words
    assert [alarm.name for alarm in raised(reading)] == names


def test_who_mends_a_server_that_came_up_without_its_file_is_kept_from_wiping_it() -> None:
    """It is empty, and `CONFIG SET appendonly yes` writes the file anew from that."""
    faults = ("appendonly is no, not yes",)
    [alarm] = raised(replace(WELL, server=replace(WELL.server, faults=faults)))
    assert "start it again with appendonly yes; CONFIG SET would wipe its file" in alarm.cure


@pytest.mark.parametrize(
    ("name", "change", "patience_ms"),
    [
        ("NoWorkers", {"workers": (Worker("one", 50_000, 3, 2000),)}, 30_000),
        ("NoWorkers", {"workers": ()}, 30_000),
        ("NoIntakes", {"intakes_ms": (50_000,)}, 30_000),
        ("NotConsuming", {"canary_ms": 60_000}, 45_000),
    ],
)
def test_who_could_not_speak_while_the_store_was_away_is_waited_for(
    name: str, change: Mapping[str, object], patience_ms: int
) -> None:
    reading = replace(WELL, **change)  # type: ignore[arg-type]  # fields of it
    assert raised(reading, uptime_ms=patience_ms - 1) == []
    assert unknown(reading, uptime_ms=patience_ms - 1) == [name]
    assert [alarm.name for alarm in raised(reading, uptime_ms=patience_ms)] == [name]
    assert unknown(reading, uptime_ms=patience_ms) == []


def test_nothing_is_known_of_all_others_while_the_store_can_t_be_read() -> None:
    assert unknown(None) == [name for name in NAMES if name != STORE_AWAY]
    assert unknown(WELL, uptime_ms=0) == []


async def test_the_oldest_unsent_grows_old_through_its_retries(
    redis: Client, service: Service, relay: ScriptedRelay
) -> None:
    relay.script["RCPT"] = lambda _line: None
    relay.first("RCPT", 1000, b"451 4.3.0 later\r\n")
    await service.accept()
    service.clock.at -= timedelta(minutes=40)
    await service.accept(1)
    await service.work()
    service.clock.at += timedelta(minutes=39)
    await service.work()
    reading = await Gauges(redis).read()
    assert 39 * 60_000 <= reading.unsent_ms <= 41 * 60_000
    assert [alarm.name for alarm in raised(reading) if alarm.name == "MailLate"] == ["MailLate"]


async def test_a_relay_that_refuses_our_login_is_an_alarm(redis: Client, facts: ClinicFacts) -> None:
    async with ScriptedRelay(offers=("AUTH PLAIN",)) as strict:
        strict.always("AUTH", b"535 5.7.8 no\r\n")
        address = strict.url.replace("smtp://", "smtp://clinic:word@")
        made = Service(redis, facts, address, SetClock(datetime.now(UTC)))
        await made.accept()
        await made.work()
        reading = await Gauges(redis).read()
        await made.close()
    assert reading.login_paused
    assert "LoginRefused" in [alarm.name for alarm in raised(reading)]
    assert value(samples(reading), "login_paused") == 1

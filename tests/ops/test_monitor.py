"""The monitor: every number is the ledger's, every alarm has its rule, and the bell rings where no mail goes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from clinic.delivery import Kind, Lane
from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.store import Gauges, Store, connect
from clinic.store.categories import bucket, category
from clinic.store.reading import Reading, Server, Worker
from ops.monitor.alarms import NAMES, Raised, raised
from ops.monitor.bell import Bell, ringers
from ops.monitor.metrics import exposition
from ops.monitor.serve import Monitor
from ops.monitor.summary import ago
from tests.support.clock import SetClock
from tests.support.processes import SECRET, Process
from tests.support.relay import Answer, ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client, Valkey

WELL = Reading(
    at_ms=1_795_428_184_567,
    hints=0,
    standing={},
    oldest_ms=dict.fromkeys(Lane, 0),
    retrying_ms=0,
    stranded=0,
    stranded_ms=0,
    login_paused=False,
    dispatcher=True,
    workers=(Worker("one", 1000, 3, 2000),),
    intakes_ms=(1000,),
    canary_ms=3000,
    views={"open": 0, "overdue": 0, "contacted": 0, "quarantined": 0},
    counts={},
    server=Server("9.1.0", 1_000_000, 10_000_000, 1000, True, ()),
)


@pytest.fixture
async def relay() -> AsyncIterator[ScriptedRelay]:
    async with ScriptedRelay() as made:
        yield made


@pytest.fixture
async def service(redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> AsyncIterator[Service]:
    made = Service(redis, facts, relay.url, SetClock(datetime.now(UTC)))
    yield made
    await made.close()


def samples(reading: Reading | None) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Return every sample of an exposition by its name and labels."""
    text = exposition(reading, "1.0", [("NoWorkers", False)]).decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def value(found: Mapping[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float:
    return found[f"frontdesk_{name}", frozenset(labels.items())]


async def test_every_counter_is_the_relay_s(redis: Client, service: Service, relay: ScriptedRelay) -> None:
    relay.first("RCPT", 3, b"451 4.3.0 later\r\n")
    for number in range(12):
        await service.accept(number)
    await service.work()
    waiting = samples(await Gauges(redis).read())
    assert value(waiting, "deliveries", kind="reminder", state="held") == 12
    held = sum(value(waiting, "deliveries", kind=kind, state="held") for kind in ("confirmation", "alert"))
    assert held == 3
    await service.work_off(hours=0.5)
    found = samples(await Gauges(redis).read())
    sent = sum(value(found, "deliveries_ended_total", kind=kind, state="sent") for kind in ("confirmation", "alert"))
    assert sent == len(relay.taken) == 24
    assert value(found, "enquiries_accepted_total") == 12
    retried = sum(value(found, "deliveries_retried_total", kind=kind) for kind in ("confirmation", "alert"))
    assert retried == value(found, "attempts_ended_total", category="rcpt") == 3
    assert value(found, "attempts_ended_total", category="dot") == 24
    assert value(found, "due_to_sent_seconds_count", kind="confirmation") == 12
    assert value(found, "enquiries", view="open") == 12
    assert value(found, "redis_durable") == 1


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


async def test_labels_are_of_closed_sets(redis: Client, service: Service, relay: ScriptedRelay) -> None:
    before = samples(replace(WELL, at_ms=1)).keys()
    relay.first("RCPT", 2, b"599 strange\r\n")
    for number in range(5):
        await service.accept(number)
    await service.work_off(hours=0.1)
    after = samples(await Gauges(redis).read()).keys()
    assert {
        name for name in before ^ after if name[0] not in ("frontdesk_canary_seconds", "frontdesk_last_settled_seconds")
    } == set()


def test_a_server_that_can_t_be_read_is_told_too() -> None:
    found = samples(None)
    assert value(found, "redis_up") == 0
    assert [alarm.name for alarm in raised(None)] == ["StoreAway"]


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


class Ringer:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.good = True

    async def __call__(self, name: str, _told: str, fields: Mapping[str, str]) -> bool:
        self.heard.append((name, fields["status"]))
        return self.good


async def test_the_bell_rings_when_an_alarm_comes_each_hour_and_when_it_goes() -> None:
    ringer, clock = Ringer(), SetClock()
    bell = Bell([ringer], clock)
    for _ in range(3):
        await bell.ring([Raised("NoWorkers", "none", "")])
        clock.forward(5)
    assert ringer.heard == [("NoWorkers", "firing")]
    clock.forward(3600)
    await bell.ring([Raised("NoWorkers", "none", "")])
    await bell.ring([])
    await bell.ring([])
    assert ringer.heard == [("NoWorkers", "firing")] * 2 + [("NoWorkers", "resolved")]


async def test_a_ringer_that_fails_is_tried_again_and_holds_up_no_other() -> None:
    failing, good = Ringer(), Ringer()
    failing.good = False
    bell = Bell([failing, good], SetClock())
    await bell.ring([Raised("RelayAway", "x", "")])
    await bell.ring([Raised("RelayAway", "x", "")])
    assert (len(failing.heard), len(good.heard)) == (2, 1)


async def test_a_ringer_that_is_slow_delays_nobody_and_is_told_one_thing_at_a_time() -> None:
    gate, good = asyncio.Event(), Ringer()
    asked: list[str] = []

    async def slow(name: str, _told: str, _fields: Mapping[str, str]) -> bool:
        asked.append(name)
        await gate.wait()
        return True

    bell = Bell([slow, good], SetClock())
    first = asyncio.create_task(bell.ring([Raised("RelayAway", "x", "")]))
    while not good.heard:
        await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await bell.ring([Raised("RelayAway", "x", ""), Raised("NoWorkers", "x", "")])
    assert good.heard == [("RelayAway", "firing"), ("NoWorkers", "firing")]
    assert asked == ["RelayAway"]
    gate.set()
    await first


async def test_a_ringer_that_breaks_silences_nobody() -> None:
    async def broken(_name: str, _told: str, _fields: Mapping[str, str]) -> bool:
        raise ValueError("no such host")

    good = Ringer()
    bell = Bell([broken, good], SetClock())
    await bell.ring([Raised("RelayAway", "x", "")])
    await bell.ring([])
    assert good.heard == [("RelayAway", "firing"), ("RelayAway", "resolved")]


async def test_a_webhook_that_speaks_no_http_counts_as_not_told() -> None:
    async def rude(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"go away\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(rude, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        [ringer] = ringers([f"http://127.0.0.1:{port}/"])
        assert not await ringer("RelayAway", "x", {"alarm": "RelayAway"})


async def test_what_apprise_knows_is_told_with_what_to_do() -> None:
    heard: list[bytes] = []

    async def hook(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        heard.append(await reader.readexactly(length))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hook, "127.0.0.1", 0) as server:
        bell = Bell(ringers([f"json://127.0.0.1:{server.sockets[0].getsockname()[1]}/"]), SetClock())
        await bell.ring([Raised("NoWorkers", "no worker was ever seen", "Start workers.")])
    [told] = heard
    for words in (b"firing: NoWorkers", b"no worker was ever seen. Start workers."):
        assert words in told


def test_an_address_that_nobody_knows_is_named_by_its_setting_and_not_shown() -> None:
    with pytest.raises(ConfigurationError) as refused:
        ringers(["https://example.org/", "carrier-pigeon://secret"])
    [fault] = refused.value.faults
    assert fault.startswith("ALARM_URLS: entry 2: ")
    assert "secret" not in fault


async def test_a_monitor_that_can_watch_no_more_ends(valkey: Valkey, tmp_path: Path) -> None:
    redis: Client = connect(valkey.url)
    given = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, "MONITOR_PORT": "0"}
    monitor = await asyncio.to_thread(Process, tmp_path, "monitor", "monitor", environment=given)
    await asyncio.to_thread(monitor.ready, "monitor ready on ")
    await redis.zadd("workers", {"one": 1})
    await redis.hset("progress", "one", "what no version of ours ever wrote")
    await redis.aclose()
    assert await asyncio.to_thread(monitor.ended) not in (0, None)


async def test_the_page_and_the_metrics_ask_for_the_token(redis: Client, service: Service) -> None:
    await service.accept()
    monitor = Monitor(Gauges(redis), Bell([], SetClock()), "a token")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(monitor.app()), base_url="http://monitor") as client:
        assert (await client.get("/healthz")).status_code == 200
        for path in ("/", "/metrics"):
            assert (await client.get(path)).status_code == 401
            answer = await client.get(path, headers={"Authorization": "Bearer a token"})
            assert answer.status_code == 200
            assert "Patient 0" not in answer.text
        assert (
            "<h2>NoWorkers</h2><p>No worker was ever seen.</p>"
            in (await client.get("/", headers={"Authorization": "Bearer a token"})).text
        )


async def test_many_scrapers_cost_one_reading(redis: Client) -> None:
    class Counting(Gauges):
        read_so_far = 0

        async def read(self) -> Reading:
            self.read_so_far += 1
            return await super().read()

    gauges = Counting(redis)
    monitor = Monitor(gauges, Bell([], SetClock()))
    await asyncio.gather(*(monitor.look() for _ in range(50)))
    assert gauges.read_so_far == 1


async def test_a_canary_that_comes_back_is_no_sign_of_the_relay(
    redis: Client, service: Service, relay: ScriptedRelay
) -> None:
    relay.script["CONNECT"] = lambda _line: Answer(None, drop=True)
    await service.accept()
    await service.work()
    assert await redis.zcard("stranded") == 2
    await service.store.errands()
    await service.work()
    assert await redis.exists("relay-answered") == 0
    assert await redis.zcard("stranded") == 2


async def test_a_canary_goes_the_whole_way_and_never_two_at_once(redis: Client, service: Service) -> None:
    store = Store(redis, service.clock)
    await store.errands()
    await store.errands()
    assert await redis.zcard("diary") == 2
    assert (await Gauges(redis).read()).canary_ms is None
    await service.work()
    assert await redis.zcard("diary") == 0
    reading = await Gauges(redis).read()
    assert reading.canary_ms is not None
    service.clock.forward(14)
    await store.errands()
    assert await redis.zcard("diary") == 0
    service.clock.forward(2)
    await store.errands()
    assert await redis.zcard("diary") == 1


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("rcpt-550", "rcpt"),
        ("too-old", "late"),
        ("seal-broken", "record"),
        ("channel-refused", "channel"),
        ("x", "other"),
    ],
)
def test_causes_have_categories(cause: str, expected: str) -> None:
    assert category(cause) == expected


def test_times_have_buckets_and_spans_have_words() -> None:
    assert [bucket(ms) for ms in (0, 250, 251, 3_600_001)] == ["250", "250", "500", "more"]
    assert [ago(ms) for ms in (999, 90_000, 3 * 3_600_000, 3 * 86_400_000)] == ["0 s", "90 s", "3 h", "3 days"]

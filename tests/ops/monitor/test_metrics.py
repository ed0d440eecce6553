"""Every number is the store's, under labels of closed sets."""

from dataclasses import replace

from clinic.store import Gauges
from ops.monitor.alarms import raised
from tests.ops.monitor.scraped import samples, value
from tests.ops.monitor.well import WELL
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client


async def test_every_counter_is_the_relay_s(redis: Client, service: Service, relay: ScriptedRelay) -> None:
    relay.first("RCPT", 3, b"451 4.3.0 later\r\n")
    for number in range(12):
        await service.accept(number)
    await service.work()
    waiting = samples(await Gauges(redis).read())
    assert value(waiting, "deliveries", kind="reminder", state="held") == 12
    # What is tried again later is due all the while, and not held.
    again = sum(value(waiting, "deliveries", kind=kind, state="due") for kind in ("confirmation", "alert"))
    assert again == 3
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

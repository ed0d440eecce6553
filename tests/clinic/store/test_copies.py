"""A backup is taken while the service goes on: each enquiry in it is whole, at whatever moment it was copied."""

import pytest
from redis.exceptions import ResponseError

from clinic.facts import ClinicFacts
from clinic.store import connect
from clinic.store.copies import Copies, Copy
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.traffic import traffic
from tests.support.valkey import Client, Valkey
from tests.support.wholeness import broken

# More than the server shows at once.
ENQUIRIES = 1200


def unflooded(facts: ClinicFacts) -> ClinicFacts:
    return facts.model_copy(update={"alerts": facts.alerts.model_copy(update={"flood": 0})})


async def test_each_enquiry_in_a_backup_that_was_taken_under_traffic_is_whole(
    redis: Client, valkey: Valkey, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, unflooded(facts), relay.url, SetClock())
    references = [(await service.accept(number)).reference for number in range(ENQUIRIES)]
    before, erased, taken = set(references), set[str](), list[Copy]()
    meanwhile = traffic(service, references, erased)
    async for copy in Copies(redis).all():
        taken.append(copy)
        if len(taken) % 4 == 0:
            await anext(meanwhile)
    assert len(references) > ENQUIRIES + 50
    other: Client = connect(valkey.url)
    await Copies(other).put(taken)
    assert await broken(other) == []
    there = {key.decode().partition(":")[2] async for key in other.scan_iter("enquiry:*", count=1000)}
    assert before - erased <= there
    # Who was erased before they were copied is not back.
    assert erased - there
    await other.aclose()
    await service.close()


async def test_what_a_flood_announces_by_its_list_is_on_the_list(
    redis: Client, valkey: Valkey, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    number, taken = ENQUIRIES, list[Copy]()
    for before in range(ENQUIRIES):
        await service.accept(before)
    async for copy in Copies(redis).all():
        taken.append(copy)
        if len(taken) % 10 == 0:
            await service.accept(number)
            number += 1
    other: Client = connect(valkey.url)
    await Copies(other).put(taken)
    listed = {member.decode() for name in await other.keys("digest:F*") for member in await other.lrange(name, 0, -1)}
    flooded = {
        key.decode().partition(":")[2]
        async for key in other.scan_iter("deliveries:*", count=1000)
        if b"flooded" in (await other.hget(key, "alert-0") or b"")
    }
    assert len(flooded) > ENQUIRIES - 50
    assert flooded <= listed
    await other.aclose()
    await service.close()


async def test_what_the_server_shows_twice_stands_as_it_was_the_second_time(
    redis: Client, valkey: Valkey, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    first, second = [(await service.accept(number)).reference for number in range(2)]
    taken = [copy async for copy in Copies(redis).all()]
    assert await service.staff.mark_contacted(first, b"who")
    assert await service.staff.erase(second, b"who")
    taken += [copy async for copy in Copies(redis).all()]
    other: Client = connect(valkey.url)
    await Copies(other).put(taken)
    assert await broken(other) == []
    assert await other.keys("enquiry:*") == [f"enquiry:{first}".encode()]
    assert await other.zrange("contacted", 0, -1) == [first.encode()]
    await other.aclose()
    await service.close()


async def test_a_server_that_is_full_is_backed_up(redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    reference = (await service.accept()).reference
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(ResponseError):
            await redis.set("anything", 1)
        taken = [copy async for copy in Copies(redis).all()]
    finally:
        await redis.config_set("maxmemory", "0")
    assert reference in [copy.reference for copy in taken]
    await service.close()

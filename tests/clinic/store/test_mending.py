"""What the version before copied key by key, while the service went on, is whole again, or named, or not there."""

from collections.abc import AsyncIterator

import pytest

from clinic.facts import ClinicFacts
from clinic.store import connect
from clinic.store.copies import LEFT_OUT, OF_DELIVERIES, OF_ENQUIRIES, Copies, Copy, Key
from clinic.store.mending import Mended, Mending
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import MOMENT, Service
from tests.support.traffic import traffic
from tests.support.valkey import Client, Valkey
from tests.support.wholeness import broken

ENQUIRIES = 1200


async def single_keys(redis: Client) -> AsyncIterator[Copy]:
    """Copy as the version before did: each key for itself, the lists last."""
    names = [key async for key in redis.scan_iter(count=10) if key not in LEFT_OUT]
    for name in [*names, *(name.encode() for name in (*OF_DELIVERIES, *OF_ENQUIRIES))]:
        if dump := await redis.dump(name):
            yield Copy([Key(name, dump, 0)])


@pytest.fixture
async def service(redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> AsyncIterator[Service]:
    facts = facts.model_copy(update={"alerts": facts.alerts.model_copy(update={"flood": 0})})
    made = Service(redis, facts, relay.url, SetClock())
    yield made
    await made.close()


async def test_a_backup_of_single_keys_taken_under_traffic_is_whole_once_it_is_mended(
    redis: Client, valkey: Valkey, service: Service
) -> None:
    references = [(await service.accept(number)).reference for number in range(ENQUIRIES)]
    meanwhile, taken = traffic(service, references, set()), list[Copy]()
    async for copy in single_keys(redis):
        taken.append(copy)
        if len(taken) % 4 == 0:
            await anext(meanwhile)
    other: Client = connect(valkey.url)
    await Copies(other).put(taken)
    assert await broken(other)
    mended = await Mending(other).mend()
    assert mended.missing
    assert await broken(other) == []
    assert await Mending(other).mend() == Mended()
    await other.aclose()


async def test_a_record_whose_mails_are_missing_is_alerted_and_confirmed(
    redis: Client, service: Service, relay: ScriptedRelay
) -> None:
    reference = (await service.accept(7)).reference
    await redis.delete(f"deliveries:{reference}", "diary")
    found = await Mending(redis).mend()
    assert (found.put_back, found.anew) == (2, {reference})
    assert await broken(redis) == []
    # It is due by the server's clock.
    service.clock.at = max(service.clock.at, await service.next_due() or service.clock.at) + MOMENT
    await service.work()
    assert await broken(redis) == []
    told = set((await service.states()).values())
    assert told in ({"sent dot-250"}, {"failed too-old"})
    assert len(relay.taken) == (2 if told == {"sent dot-250"} else 0)


async def test_a_record_that_was_set_aside_is_not_mailed_for_it(redis: Client, service: Service) -> None:
    reference = (await service.accept(7)).reference
    await redis.delete(f"deliveries:{reference}", "diary")
    await redis.zadd("quarantined", {reference: 1})
    assert (await Mending(redis).mend()).put_back == 0
    assert await broken(redis) == []
    assert await service.staff.release(reference, b"who")
    assert set((await service.states()).values()) == {"due released"}


async def test_what_stands_on_lists_and_is_not_there_is_named_and_taken_off(redis: Client, service: Service) -> None:
    whole = (await service.accept(7)).reference
    for name in ("open", "contacted", "quarantined", "announced"):
        await redis.zadd(name, {"CFGH3467": 1})
    for name in ("diary", "attention", "retrying", "stranded"):
        await redis.zadd(name, {"CFGH3467/alert-0": 1, f"{whole}/undeliverable-0": 1})
    found = await Mending(redis).mend()
    assert found == Mended(missing={"CFGH3467"})
    assert await broken(redis) == []
    assert not await redis.exists("announced") or await redis.zscore("announced", "CFGH3467") is None


async def test_a_record_on_no_list_is_shown_and_named_and_an_erased_one_is_gone(
    redis: Client, service: Service
) -> None:
    lost, erased = [(await service.accept(number)).reference for number in range(2)]
    record = await redis.get(f"enquiry:{erased}")
    assert await service.staff.erase(erased, b"who")
    await redis.set(f"enquiry:{erased}", record)
    await redis.delete("open")
    assert await Mending(redis).mend() == Mended(unlisted={lost})
    assert await broken(redis) == []
    assert await redis.exists(f"enquiry:{erased}") == 0
    assert await redis.zrange("open", 0, -1) == [lost.encode()]


async def test_whoever_was_contacted_is_not_chased(redis: Client, service: Service) -> None:
    reference = (await service.accept(7)).reference
    await service.work()
    due = await redis.zrange("diary", 0, -1, withscores=True)
    await redis.zrem("diary", *(member for member, _ in due))
    await redis.zadd("contacted", {reference: 1})
    assert await Mending(redis).mend() == Mended()
    assert await broken(redis) == []
    states = await service.states()
    assert states[f"{reference}/reminder-0"] == states[f"{reference}/escalation-0"] == "suppressed contacted"

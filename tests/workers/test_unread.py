"""What one worker can't read yet waits for one that can; what nobody can read ends, and is seen before."""

import json
from datetime import timedelta

import pytest

from clinic.delivery import DeliveryName, Kind, Lane
from clinic.facts import ClinicFacts
from tests.support.clock import SetClock
from tests.support.processes import SECRET
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client
from workers.unread import LATEST_SECONDS, LIST_SECONDS, SOONEST_SECONDS

NEW = "n" * 40


def two(redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> tuple[Service, Service]:
    """Return a process that was given the new secret, and one that is still to be."""
    clock = SetClock()
    return Service(redis, facts, relay.url, clock, secrets=(NEW, SECRET)), Service(redis, facts, relay.url, clock)


async def tried_for(service: Service, time: timedelta) -> int:
    """Have a worker try whatever is due for so long, and return how often it claimed something."""
    tries, end = 0, service.clock.at + time
    while (due := await service.next_due()) is not None and due < end:
        service.clock.at = max(service.clock.at, due + timedelta(milliseconds=1))
        for lane in Lane:
            for claim in await service.store.claim(lane, 9):
                tries += 1
                await service.attempts.deliver(claim)
    service.clock.at = end
    return tries


async def test_what_only_another_worker_can_read_is_left_to_it_however_often_this_one_comes_first(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    ahead, behind = two(redis, facts, relay)
    reference = (await ahead.accept()).reference
    began = ahead.clock.at
    assert await tried_for(behind, timedelta(minutes=15)) > 10
    states = await behind.states()
    assert states[f"{reference}/alert-0"] == states[f"{reference}/confirmation"] == "due seal-unknown"
    # It is late for whoever watches: since when, and with its cause.
    since = await redis.zscore("retrying", f"{reference}/alert-0")
    assert since is not None
    assert since <= (began + timedelta(seconds=1)).timestamp() * 1000
    behind.clock.forward(LATEST_SECONDS * 1.2)
    [claim] = await ahead.store.claim(Lane.RECEPTION, 1)
    assert (claim.attempts, claim.claims) == (0, 1)
    await ahead.attempts.deliver(claim)
    await ahead.work()
    assert len(relay.taken) == 2
    assert await redis.zcard("retrying") == 0
    await ahead.close()
    await behind.close()


async def test_a_worker_that_cannot_read_it_does_not_spin(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    ahead, behind = two(redis, facts, relay)
    await ahead.accept()
    await behind.work()
    behind.clock.forward(SOONEST_SECONDS * 0.7)
    assert not await behind.store.claim(Lane.RECEPTION, 1)
    # Two deliveries and a reminder, for a day in which nobody comes who can read them.
    assert await tried_for(behind, timedelta(hours=23)) < 3 * 23 * 3600 / (LATEST_SECONDS * 0.7)
    await ahead.close()
    await behind.close()


async def test_what_nobody_can_read_fails_when_its_time_is_over_and_reception_s_mail_about_it_is_tried(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    ahead, behind = two(redis, facts, relay)
    reference = (await ahead.accept()).reference
    alert, confirmation = (DeliveryName(kind).schedule.give_up_after for kind in (Kind.ALERT, Kind.CONFIRMATION))
    await tried_for(behind, timedelta(seconds=confirmation - 600))
    assert (await behind.states())[f"{reference}/confirmation"] == "due seal-unknown"
    await tried_for(behind, timedelta(seconds=1200))
    states = await behind.states()
    assert states[f"{reference}/confirmation"] == "failed seal-unknown"
    assert states[f"{reference}/undeliverable-0"] == states[f"{reference}/alert-0"] == "due seal-unknown"
    await tried_for(behind, timedelta(seconds=alert - confirmation))
    assert (await behind.states())[f"{reference}/alert-0"] == "failed seal-unknown"
    assert f"{reference}/alert-0".encode() in await redis.zrange("attention", 0, -1)
    await ahead.close()
    await behind.close()


async def test_what_is_broken_for_everybody_fails_after_three_tries(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    reference = (await service.accept()).reference
    sealed = bytearray(await redis.get(f"enquiry:{reference}") or b"")
    sealed[-1] ^= 1
    await redis.set(f"enquiry:{reference}", bytes(sealed))
    await tried_for(service, timedelta(minutes=2))
    assert (await service.states())[f"{reference}/alert-0"] == "failed seal-broken"
    await service.close()


@pytest.mark.parametrize("lost", [False, True])
async def test_a_list_waits_a_while_for_who_can_read_all_of_it_and_then_names_what_it_cannot(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, *, lost: bool
) -> None:
    facts = facts.model_copy(update={"alerts": facts.alerts.model_copy(update={"flood": 1})})
    ahead, behind = two(redis, facts, relay)
    await behind.accept(0)
    unread = [(await ahead.accept(number)).reference for number in (1, 2)]
    read = (await behind.accept(3)).reference
    await tried_for(behind, timedelta(seconds=300 + LIST_SECONDS - 60))
    states = await behind.states()
    [flood] = [name for name in states if "flood-" in name]
    assert states[flood] == "due seal-unknown"
    if lost:
        await tried_for(behind, timedelta(seconds=300))
    else:
        await tried_for(ahead, timedelta(seconds=300))
    assert (await behind.states())[flood] == "sent dot-250"
    [text] = [
        str(mail.message) for mail in relay.taken if mail.to == facts.reception[0] and read[:4] in str(mail.message)
    ]
    assert ("be opened" in text) is lost
    assert all(reference[:4] in text for reference in unread)
    await ahead.close()
    await behind.close()


async def test_facts_of_a_later_version_with_one_more_field_stop_no_mail(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    await service.accept()
    [key] = await redis.keys("facts:*")
    later = json.loads(await redis.get(key) or b"") | {"of_a_later_version": True}
    await redis.set(key, json.dumps(later))
    other = facts.model_copy(update={"name": "Another edition, so that it has to be read"})
    worker = Service(redis, other, relay.url, service.clock)
    await worker.work()
    assert len(relay.taken) == 2
    await service.close()
    await worker.close()

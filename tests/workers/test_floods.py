"""A flood: twenty alerts in ten minutes go one by one, and a list every five minutes announces the rest."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from clinic.delivery import Lane
from clinic.facts import ClinicFacts
from clinic.screening import Screening
from clinic.store.store import LEASE_MS
from tests.support.clock import SetClock
from tests.support.patients import enquiry
from tests.support.relay import Answer, ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client

MINUTES = 60.0
# A reference may begin with F too.
LIST = re.compile(r"F\d{9,}")
MESSAGE_ID = re.compile(rb"^Message-ID: <\w+\.([\w-]+)@", re.MULTILINE)


@pytest.fixture
async def service(redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> AsyncIterator[Service]:
    quiet = facts.reminders.model_copy(update={"after": 0})
    made = Service(redis, facts.model_copy(update={"reminders": quiet}), relay.url, SetClock())
    yield made
    await made.close()


async def accept(service: Service, count: int) -> list[str]:
    return [(await service.accept(number)).reference for number in range(count)]


def mails(relay: ScriptedRelay) -> Counter[str]:
    """Return how many mails of each kind the relay took."""
    return Counter(MESSAGE_ID.search(mail.content)[1].decode() for mail in relay.taken)  # type: ignore[index]  # each has one


def listed(relay: ScriptedRelay, references: list[str]) -> list[set[str]]:
    """Return which of these references each list of a flood has."""
    lists = [mail for mail in relay.taken if b".flood-0@" in mail.content]
    texts = [str(mail.message.get_body(("plain",)).get_content()) for mail in lists]  # type: ignore[union-attr]  # it has one
    return [{one for one in references if f"{one[:4]} {one[4:]}" in text} for text in texts]


async def test_beyond_twenty_a_list_announces_every_reference(service: Service, relay: ScriptedRelay) -> None:
    references = await accept(service, 75)
    await service.work()
    assert mails(relay) == {"confirmation": 75, "alert-0": 20}
    service.clock.forward(5 * MINUTES)
    await service.work()
    assert mails(relay) == {"confirmation": 75, "alert-0": 20, "flood-0": 1}
    assert listed(relay, references) == [set(references[20:])]
    states = await service.states()
    assert {states[f"{one}/alert-0"] for one in references[20:]} == {"suppressed flooded"}
    await service.work_off()
    assert mails(relay)["flood-0"] == 1


async def test_a_list_says_who_wrote_and_where_it_is_marked(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    service.acceptance._link = lambda reference, _ms: f"https://ours.example/contacted/{reference}"
    references = await accept(service, 21)
    await service.work_off(hours=1)
    [mail] = [mail for mail in relay.taken if ".flood-" in mail.message_id]
    text = str(mail.message.get_body(("plain",)).get_content())  # type: ignore[union-attr]  # it has one
    assert mail.message["Subject"] == "1 more enquiry"
    for needed in ("Patient 20", "patient-20@example.org", "My lower back hurts", f"/contacted/{references[20]}"):
        assert needed in text
    await service.close()


async def test_whoever_is_erased_while_a_list_is_on_its_way_is_not_on_it(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    facts = facts.model_copy(update={"alerts": facts.alerts.model_copy(update={"flood": 1})})
    service = Service(redis, facts, relay.url, SetClock())
    references = await accept(service, 3)
    await service.work()
    service.clock.forward(5 * MINUTES)
    before = relay.seen["RCPT"]
    relay.always("RCPT", b"250 2.1.5 recipient ok\r\n", delay=0.5)
    working = asyncio.create_task(service.work())
    while relay.seen["RCPT"] == before:
        await asyncio.sleep(0.01)
    assert await service.staff.erase(references[1], b"who")
    await working
    relay.script.clear()
    await service.work_off(hours=0.5)
    [mail] = [mail for mail in relay.taken if ".flood-" in mail.message_id]
    text = str(mail.message.get_body(("plain",)).get_content())  # type: ignore[union-attr]  # it has one
    assert "Patient 2" in text
    assert "Patient 1" not in text
    assert {state for name, state in (await service.states()).items() if name.endswith("/flood-0")} == {"sent dot-250"}
    await service.close()


@pytest.mark.parametrize("channels", [(), ("chat",)])
async def test_a_list_of_which_everybody_is_erased_goes_to_nobody_and_worries_nobody(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, channels: tuple[str, ...]
) -> None:
    alerts = facts.alerts.model_copy(update={"flood": 1, "channels": channels})
    service = Service(redis, facts.model_copy(update={"alerts": alerts}), relay.url, SetClock())
    references = await accept(service, 3)
    for reference in references[1:]:
        assert await service.staff.erase(reference, b"who")
    await service.work_off(hours=2)
    assert mails(relay) == {"confirmation": 1, "alert-0": 1}
    lists = {state for name, state in (await service.states()).items() if LIST.match(name)}
    assert lists == {"suppressed nobody-left"}
    assert not [member for member in await redis.zrange("attention", 0, -1) if LIST.match(member.decode())]
    await service.close()


async def test_a_list_of_which_no_record_is_there_and_none_was_erased_is_for_staff_to_see(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    alerts = facts.alerts.model_copy(update={"flood": 1})
    service = Service(redis, facts.model_copy(update={"alerts": alerts}), relay.url, SetClock())
    for reference in (await accept(service, 3))[1:]:
        await redis.delete(f"enquiry:{reference}")
    await service.work_off(hours=2)
    lists = {state for name, state in (await service.states()).items() if LIST.match(name)}
    assert lists == {"failed record-missing"}
    await service.close()


async def test_lists_go_every_five_minutes_and_single_alerts_come_back(service: Service, relay: ScriptedRelay) -> None:
    references: list[str] = []
    for _ in range(6):
        references += await accept(service, 10)
        service.clock.forward(2.5 * MINUTES)
        await service.work()
    assert mails(relay)["alert-0"] == 40
    await service.work_off()
    lists = listed(relay, references)
    assert len(lists) == 1
    assert sum(map(len, lists)) + mails(relay)["alert-0"] == 60


async def test_no_ten_minutes_hold_more_than_twenty_alerts(service: Service, relay: ScriptedRelay) -> None:
    sent: list[datetime] = []
    references: list[str] = []
    for _ in range(90):
        references += await accept(service, 1)
        before = mails(relay)["alert-0"]
        await service.work()
        sent += [service.clock.at] * (mails(relay)["alert-0"] - before)
        service.clock.forward(20)
    await service.work_off()
    assert max(sum(at <= one < at + timedelta(minutes=10) for one in sent) for at in sent) == 20
    lists, states = listed(relay, references), await service.states()
    assert sorted(one for each in lists for one in each) == sorted(
        one for one in references if states[f"{one}/alert-0"] == "suppressed flooded"
    )
    assert len(lists) <= 7


async def test_a_list_holds_everybody_on_it_and_very_many_come_in_several(
    service: Service, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinic.store.plans.LISTED_AT_MOST", 60)
    references = await accept(service, 150)
    service.clock.forward(5 * MINUTES)
    await service.work()
    lists = listed(relay, references)
    assert sorted(map(len, lists)) == [10, 60, 60]
    assert set.union(*lists) == set(references[20:])
    mailed = [mail.message for mail in relay.taken if ".flood-0@" in mail.message_id]
    text = "".join(str(mail.get_body(("plain",)).get_content()) for mail in mailed)  # type: ignore[union-attr]  # it has one
    assert all(f"Email: patient-{number}@example.org\r" in text for number in range(20, 150))
    await service.work_off(hours=1)
    assert mails(relay)["flood-0"] == 3


@pytest.mark.parametrize(("minutes", "alerts", "on_the_list"), [(15, 25, 0), (0, 20, 5)])
async def test_alerts_held_until_opening_flood_only_if_they_came_as_one(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, minutes: int, alerts: int, on_the_list: int
) -> None:
    holding = facts.alerts.model_copy(update={"out_of_hours": "hold", "digest": False})
    clock = SetClock(datetime(2026, 11, 22, 21, tzinfo=UTC))
    service = Service(redis, facts.model_copy(update={"alerts": holding}), relay.url, clock)
    references = []
    for _ in range(25):
        references += await accept(service, 1)
        clock.forward(minutes * MINUTES)
    await service.work()
    assert "alert-0" not in mails(relay)
    clock.at = datetime(2026, 11, 23, 8, tzinfo=UTC)
    await service.work()
    assert mails(relay)["alert-0"] == alerts
    clock.forward(5 * MINUTES)
    await service.work()
    assert listed(relay, references) == ([set(references[-on_the_list:])] if on_the_list else [])
    await service.close()


async def test_what_is_set_aside_or_asked_for_twice_does_not_count(service: Service, relay: ScriptedRelay) -> None:
    for number in range(30):
        aside = enquiry(number)
        await service.acceptance.accept(
            aside, idempotency_key=None, body=b"%d" % number, screening=Screening(quarantined="trap")
        )
        await service.accept(0, key="the same")
    await accept(service, 19)
    await service.work()
    assert mails(relay)["alert-0"] == 20


async def test_a_clinic_that_wants_each_alert_has_each(redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> None:
    single = facts.model_copy(update={"alerts": facts.alerts.model_copy(update={"flood": 0})})
    service = Service(redis, single, relay.url, SetClock())
    await accept(service, 30)
    await service.work()
    assert mails(relay)["alert-0"] == 30
    await service.close()


async def test_a_list_that_may_have_arrived_goes_again_with_the_same_bytes(
    service: Service, relay: ScriptedRelay
) -> None:
    references = await accept(service, 22)
    await service.work()
    service.clock.forward(5 * MINUTES)
    relay.script["DOT"] = lambda _to: Answer(None, drop=True)
    await service.work()
    relay.script.clear()
    await accept(service, 1)
    await service.work_off(hours=2)
    lists = [mail.content for mail in relay.taken if b".flood-0@" in mail.content]
    assert len(lists) == 3
    assert lists[0] == lists[1]
    assert listed(relay, references)[0] == set(references[20:])
    assert re.search(rb"Message-ID: <f\d+\.flood-0@", lists[0])


async def test_a_worker_that_dies_with_a_list_leaves_it_to_another(service: Service, relay: ScriptedRelay) -> None:
    references = await accept(service, 22)
    await service.work()
    service.clock.forward(5 * MINUTES)
    [claim] = await service.store.claim(Lane.RECEPTION, 5)
    assert claim.reference.startswith("F")
    service.clock.forward(LEASE_MS / 1000 + 1)
    await service.work()
    assert listed(relay, references) == [set(references[20:])]


@pytest.mark.parametrize(("addresses", "told"), [(2, {"flood-0": 1, "flood-1": 1}), (1, {"flood-0": 1})])
async def test_a_list_goes_to_whom_the_clinic_file_names_when_the_last_came(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, addresses: int, told: dict[str, int]
) -> None:
    both = ("reception@purephysiotherapy.example", "second@purephysiotherapy.example")
    earlier, later = (facts.model_copy(update={"reception": both[:count]}) for count in (3 - addresses, addresses))
    service = Service(redis, earlier, relay.url, SetClock())
    await accept(service, 21)
    edited = Service(redis, later, relay.url, service.clock)
    await edited.accept(99)
    await edited.work_off(hours=1)
    assert {name: count for name, count in mails(relay).items() if name.startswith("flood")} == told
    lists = [mail for mail in relay.taken if b".flood-" in mail.content]
    assert {mail.to for mail in lists} == set(both[:addresses])
    assert not [state for state in (await service.states()).values() if state.startswith("failed")]
    await service.close()
    await edited.close()

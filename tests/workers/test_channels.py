"""Channels: each is told by itself, of a reference, a time and a link, until it has been; over a real HTTP server."""

import json
import sys
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.templates import MailTemplates
from tests.support.clock import SetClock
from tests.support.receiver import receiving
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client
from workers.attempt import Attempts
from workers.channels import Channels
from workers.courier import Courier
from workers.notices import Notice
from workers.outcome import Verdict


@dataclass
class Hook:
    """A webhook that keeps what it is told, by path, and answers with `status`."""

    told: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    hold: threading.Event | None = None
    port: int = 0

    def address(self, path: str) -> str:
        return f"json://127.0.0.1:{self.port}/{path}"


@pytest.fixture
def hook() -> Iterator[Hook]:
    made = Hook()

    def take(path: str, _headers: Mapping[str, str], body: bytes) -> int:
        if made.hold:
            made.hold.wait(10)
        made.told.setdefault(path.strip("/"), []).append(json.loads(body))
        return made.status.get(path.strip("/"), 200)

    with receiving(take) as made.port:
        yield made


@pytest.fixture
async def service(redis: Client, facts: ClinicFacts, relay: ScriptedRelay, hook: Hook) -> AsyncIterator[Service]:
    alerts = facts.alerts.model_copy(update={"channels": ("chat", "duty-phone")})
    quiet = facts.reminders.model_copy(update={"after": 0})
    made = Service(redis, facts.model_copy(update={"alerts": alerts, "reminders": quiet}), relay.url, SetClock())
    made.acceptance._link = lambda reference, _ms: f"https://ours.example/contacted/{reference}"
    channels = Channels({name: hook.address(name) for name in ("chat", "duty-phone")})
    made.attempts = Attempts(made.store, made.claimed, made.connections, made.clock, channels=channels)
    made.courier = Courier(made.store, made.attempts.deliver)
    yield made
    await made.close()


async def test_each_is_told_a_reference_a_time_and_a_link_and_nothing_of_a_person(service: Service, hook: Hook) -> None:
    accepted = await service.accept(7)
    await service.work()
    shown = f"{accepted.reference[:4]} {accepted.reference[4:]}"
    assert hook.told.keys() == {"chat", "duty-phone"}
    for [message] in hook.told.values():
        by = "contact by 1pm on Monday 23 November"
        assert message["title"] == f"Enquiry {shown}, {by}"
        assert message["message"] == f"{shown}: {by}\nhttps://ours.example/contacted/{accepted.reference}"
        for told in ("Patient", "example.org", "sacro", "back"):
            assert told not in json.dumps(message)


async def test_one_that_fails_is_tried_again_by_itself(service: Service, hook: Hook, relay: ScriptedRelay) -> None:
    hook.status["duty-phone"] = 500
    accepted = await service.accept()
    await service.work()
    states = await service.states()
    assert states[f"{accepted.reference}/notice-0"] == "sent channel-told"
    assert states[f"{accepted.reference}/notice-1"] == "due channel-refused"
    assert states[f"{accepted.reference}/alert-0"] == "sent dot-250"
    service.clock.forward(13)
    hook.status.clear()
    await service.work()
    assert (await service.states())[f"{accepted.reference}/notice-1"] == "sent channel-told"
    assert {path: len(told) for path, told in hook.told.items()} == {"chat": 1, "duty-phone": 2}
    assert len(relay.taken) == 2


async def test_one_that_never_hears_is_given_up_where_staff_see_it(service: Service, hook: Hook) -> None:
    hook.status["chat"] = 500
    accepted = await service.accept()
    await service.work_off()
    assert (await service.states())[f"{accepted.reference}/notice-0"] == "failed too-old"
    assert await service.redis.zrange("attention", 0, -1) == [f"{accepted.reference}/notice-0".encode()]


async def test_one_that_hangs_holds_up_no_mail(service: Service, hook: Hook, relay: ScriptedRelay) -> None:
    hook.hold = threading.Event()
    await service.accept()
    await service.courier.wake(2)
    assert len(relay.taken) == 2
    hook.hold.set()
    await service.work_off()
    assert all(hook.told.values())


async def test_with_a_broken_template_each_is_told_a_reference_and_a_link_all_the_same(
    service: Service, hook: Hook, tmp_path: Path
) -> None:
    channels = Channels({name: hook.address(name) for name in ("chat", "duty-phone")})
    attempts = Attempts(
        *(service.store, service.claimed, service.connections, service.clock),
        templates=MailTemplates(tmp_path),
        channels=channels,
    )
    accepted = await service.accept()
    await Courier(service.store, attempts.deliver).wake(60)
    shown = f"{accepted.reference[:4]} {accepted.reference[4:]}"
    for path in ("chat", "duty-phone"):
        [message] = hook.told[path]
        assert message["message"] == f"{shown} https://ours.example/contacted/{accepted.reference}"
    assert (await service.states())[f"{accepted.reference}/notice-0"] == "sent channel-told"


async def test_a_flood_is_announced_by_its_list(service: Service, hook: Hook) -> None:
    references = [(await service.accept(number)).reference for number in range(23)]
    await service.work()
    assert len(hook.told["chat"]) == 20
    service.clock.forward(300)
    await service.work()
    last = hook.told["chat"][-1]
    assert last["title"] == "3 more enquiries"
    assert all(f"{one[:4]} {one[4:]}" in last["message"] for one in references[20:])


async def test_silence_is_a_doubt(hook: Hook) -> None:
    hook.hold = threading.Event()
    before: list[bool] = []

    async def note() -> None:
        before.append(True)

    outcome = await Channels({"chat": hook.address("chat")}, seconds=0.2).tell("chat", Notice("t", "x"), note)
    hook.hold.set()
    assert (outcome.verdict, outcome.cause, before) == (Verdict.DOUBT, "channel-silence", [True])


@pytest.mark.parametrize(
    ("addresses", "wanted", "fault"),
    [
        ({}, ["chat"], "CHANNELS: has no address for 'chat'"),
        ({"chat": "nothing-known://x"}, ["chat"], "CHANNELS: the address of 'chat' is none that apprise knows"),
    ],
)
def test_a_channel_that_can_t_be_told_is_found_before_the_start(
    addresses: dict[str, str], wanted: list[str], fault: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        Channels(addresses, wanted)
    assert str(raised.value).startswith(fault)


def test_whoever_lacks_apprise_is_told_how_to_have_it_where_this_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigurationError) as raised:
        Channels({"chat": "json://chat.example"})
    begins = f"CHANNELS: needs apprise: run `python3 -m pip --python {sys.executable} install "
    assert str(raised.value).startswith(begins)

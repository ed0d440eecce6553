"""An attempt ends in a settlement, and what is no fault of the delivery's counts nothing against it."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clinic.clock import milliseconds
from clinic.delivery import CLAIMS_AT_MOST, DeliveryName, Kind, Lane, State
from clinic.errors import StoreUnavailable
from clinic.facts import ClinicFacts
from clinic.reference import spaced
from clinic.relay import Relay
from clinic.retention import Retention
from clinic.screening import Screening
from clinic.store import Purging, Rewriting, Store
from clinic.store.store import LEASE_MS
from clinic.store.words import Claim, Settlement
from clinic.templates import MailTemplates
from tests.support.clock import SetClock
from tests.support.fleet import free_port
from tests.support.patients import enquiry
from tests.support.relay import Answer, ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client
from workers.attempt import Attempts, ClaimLost
from workers.courier import Courier
from workers.mails import TEMPLATES


class Failing(Store):
    """A store that goes away so many times when a mail is about to leave, before or after it has taken the mark."""

    def __init__(self, redis: Client, clock: SetClock, times: int, *, marked: bool) -> None:
        super().__init__(redis, clock)
        self.times = times
        self.marked = marked

    async def hold(self, claims: Iterable[Claim], state: State) -> list[bool]:
        if self.times:
            self.times -= 1
            if self.marked:
                await super().hold(claims, state)  # type: ignore[arg-type]  # both states are what it takes
            raise StoreUnavailable("away")
        return await super().hold(claims, state)  # type: ignore[arg-type]  # both states are what it takes


class Overtaken(Store):
    """A store whose answer to a mark is heard only when another process has taken the claim and sent the mail."""

    def __init__(self, redis: Client, clock: SetClock, another: Attempts) -> None:
        super().__init__(redis, clock)
        self.clock = clock
        self.another = another

    async def hold(self, claims: Iterable[Claim], state: State) -> list[bool]:  # both states
        held = await super().hold(claims, state)  # type: ignore[arg-type]  # both states are what it takes
        if held[0]:
            self.clock.forward(LEASE_MS / 1000 + 1)
            [taken] = await self.claim(Lane.RECEPTION, 1)
            await self.another.deliver(taken)
        return held


@pytest.mark.parametrize("marked", [False, True])
async def test_a_store_that_goes_away_before_the_mail_leaves_counts_nothing_against_it(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, *, marked: bool
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    store = Failing(redis, service.clock, 2 * CLAIMS_AT_MOST, marked=marked)
    attempts = Attempts(store, service.claimed, service.connections, service.clock)
    accepted = await service.accept()
    for _ in range(2 * CLAIMS_AT_MOST):
        [claim] = await store.claim(Lane.RECEPTION, 1)
        assert (claim.attempts, claim.claims, claim.doubts) == (0, 1, 0)
        await attempts.deliver(claim)
        assert (await service.states())[f"{accepted.reference}/alert-0"] == "due store-away"
        # A store that refuses one command and takes another is no reason to spin.
        assert not await store.claim(Lane.RECEPTION, 1)
        service.clock.forward(2)
    assert not relay.taken
    [claim] = await store.claim(Lane.RECEPTION, 1)
    await attempts.deliver(claim)
    assert (await service.states())[f"{accepted.reference}/alert-0"] == "sent dot-250"
    assert len(relay.taken) == 1
    await service.close()


async def test_each_delivery_that_ends_is_told_of_as_progress_and_an_errand_is_not(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    store, told = service.store, list[str]()
    attempts = Attempts(
        store,
        service.claimed,
        service.connections,
        service.clock,
        settled=lambda: told.append("settled"),
        trace=lambda reference, name, *_: told.append(f"{name} {reference}"),
    )
    await store.errands()
    accepted = await service.accept()
    for claim in await store.claim(Lane.RECEPTION, 9):
        await attempts.deliver(claim)
    assert set((await service.states()).values()) == {"sent canary", "sent purge", "sent dot-250", "due -"}
    assert told == ["settled", f"deliver {accepted.reference}"]
    counts = await redis.hgetall("counts")
    assert sum(int(number) for name, number in counts.items() if name.startswith(b"ended.")) == 1
    await service.close()


class Refusing(Rewriting):
    """A server that takes every command but the one to write its file anew."""

    asked = 0

    async def rewrite(self) -> bool:
        self.asked += 1
        raise StoreUnavailable("Can't fork")


async def test_a_purge_that_is_refused_comes_again_in_a_minute(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    rewriting = Refusing(redis)
    retention = Retention(Purging(redis, service.clock), rewriting, 90)
    attempts = Attempts(service.store, service.claimed, service.connections, service.clock, retention=retention)
    courier = Courier(service.store, attempts.deliver)
    for seconds, asked in ((0, 1), (30, 1), (29, 1), (2, 2), (61, 3)):
        service.clock.forward(seconds)
        await service.store.errands()
        await asyncio.wait_for(courier.wake(1), 5)
        assert rewriting.asked == asked
    await courier.stop()
    await service.close()


@pytest.mark.parametrize(
    ("claims", "stands"), [(CLAIMS_AT_MOST, "sent dot-250"), (CLAIMS_AT_MOST + 1, "failed poison")]
)
async def test_the_last_claim_is_tried_and_one_more_is_poison(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, claims: int, stands: str
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    accepted = await service.accept()
    [claim] = await service.store.claim(Lane.RECEPTION, 1)
    await service.attempts.deliver(replace(claim, claims=claims))
    assert (await service.states())[f"{accepted.reference}/alert-0"] == stands
    await service.close()


@pytest.mark.parametrize(
    ("hours", "doubts", "stands"), [(25, 0, "failed too-old"), (0, 2, "in_doubt dot-killed"), (0, 0, "failed template")]
)
async def test_each_address_of_reception_hears_of_a_confirmation_that_was_not_even_tried(
    redis: Client,
    facts: ClinicFacts,
    relay: ScriptedRelay,
    tmp_path: Path,
    hours: int,
    doubts: int,
    stands: str,
) -> None:
    facts = facts.model_copy(update={"reception": ("one@clinic.example", "two@clinic.example")})
    shutil.copytree(TEMPLATES, tmp_path / "mails")
    if stands == "failed template":
        (tmp_path / "mails" / "confirmation" / "body.txt").write_text("{{ patient.shoe_size }}", encoding="utf-8")
    service = Service(redis, facts, relay.url, SetClock(), templates=MailTemplates(tmp_path / "mails"))
    accepted = await service.accept()
    service.clock.forward(hours=hours)
    [claim] = await service.store.claim(Lane.PATIENT, 1)
    await service.attempts.deliver(replace(claim, doubts=doubts))
    states = await service.states()
    assert states[f"{accepted.reference}/confirmation"] == stands
    told = [states.get(f"{accepted.reference}/undeliverable-{number}") for number in range(3)]
    assert told == ["due -", "due -", None]
    await service.close()


async def test_one_mail_leaves_at_a_time_and_is_marked_before_it_does(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.window.PATIENCE_SECONDS", 600)
    service = Service(redis, facts, relay.url, SetClock())
    for number in range(2):
        await service.accept(number)
    claims = await service.store.claim(Lane.RECEPTION, 9)
    stood: list[list[str]] = []
    looks: list[asyncio.Task[None]] = []

    async def standing() -> None:
        # In one trip, which is over before the relay has answered.
        async with redis.pipeline(transaction=False) as pipe:
            for claim in claims:
                pipe.hget(f"deliveries:{claim.reference}", "alert-0")
            stood.append(sorted(entry.split()[0].decode() for entry in await pipe.execute()))

    def look(_to: str) -> Answer:
        looks.append(asyncio.create_task(standing()))
        return Answer(b"250 2.0.0 taken\r\n", delay=0.2)

    relay.script["DOT"] = look
    async with asyncio.timeout(10):
        await asyncio.gather(*(service.attempts.deliver(claim) for claim in claims))
        await asyncio.gather(*looks)
    assert stood == [["due", "sending"], ["sending", "sent"]]
    await service.close()


class SettlesLate(Store):
    """A store that takes no end before it is let, and tells when a mail is marked."""

    def __init__(self, redis: Client, clock: SetClock) -> None:
        super().__init__(redis, clock)
        self.let = asyncio.Event()
        self.marks = 0
        self.second = asyncio.Event()

    async def settle(self, settlements: Sequence[Settlement]) -> list[bool]:
        await self.let.wait()
        return await super().settle(settlements)

    async def hold(self, claims: Iterable[Claim], state: State) -> list[bool]:
        held = await super().hold(claims, state)  # type: ignore[arg-type]  # both states are what it takes
        self.marks += 1
        if self.marks == 2:
            self.second.set()
        return held


async def test_no_mail_leaves_before_the_end_of_the_one_before_is_stored(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    store = SettlesLate(redis, service.clock)
    attempts = Attempts(store, service.claimed, service.connections, service.clock)
    for number in range(2):
        await service.accept(number)
    carried = [asyncio.create_task(attempts.deliver(claim)) for claim in await store.claim(Lane.RECEPTION, 9)]
    async with asyncio.timeout(10):
        await store.second.wait()
        # Long enough for a mail to leave that does not wait.
        await asyncio.sleep(0.1)
        assert len(relay.taken) == 1
        store.let.set()
        await asyncio.gather(*carried)
    assert len(relay.taken) == 2
    await service.close()


class LostOnce(Store):
    """A store in which the first mail that is marked is another's by now."""

    lost = False

    async def hold(self, claims: Iterable[Claim], state: State) -> list[bool]:
        if not self.lost:
            self.lost = True
            return [False]
        return await super().hold(claims, state)  # type: ignore[arg-type]  # both states are what it takes


async def test_a_claim_that_is_lost_at_its_mark_keeps_no_room_in_the_window(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workers.window.PATIENCE_SECONDS", 600)
    service = Service(redis, facts, relay.url, SetClock())
    store = LostOnce(redis, service.clock)
    attempts = Attempts(store, service.claimed, service.connections, service.clock)
    await service.accept()
    [alert] = await store.claim(Lane.RECEPTION, 1)
    [confirmation] = await store.claim(Lane.PATIENT, 1)
    with pytest.raises(ClaimLost):
        await attempts.deliver(alert)
    async with asyncio.timeout(10):
        await attempts.deliver(confirmation)
    assert len(relay.taken) == 1
    await service.close()


async def test_a_mark_that_was_heard_of_late_is_asked_for_again(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    store = Overtaken(redis, service.clock, service.attempts)
    times = iter((0.0, 16.0, 16.0, 16.0))
    slow = Attempts(store, service.claimed, service.connections, service.clock, steady=lambda: next(times))
    accepted = await service.accept()
    [claim] = await store.claim(Lane.RECEPTION, 1)
    with pytest.raises(ClaimLost):
        await slow.deliver(claim)
    assert [mail.to for mail in relay.taken] == [facts.reception[0]]
    assert (await service.states())[f"{accepted.reference}/alert-0"] == "sent dot-250"
    await service.close()


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
async def test_an_enquiry_that_is_erased_while_its_mails_are_on_their_way_gets_none(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, verb: str
) -> None:
    good = {"RCPT": b"250 2.1.5 recipient ok\r\n", "DATA": b"354 go on\r\n"}
    relay.always(verb, good[verb], delay=0.5)
    service = Service(redis, facts, relay.url, SetClock())
    reference = (await service.accept(7)).reference
    working = asyncio.create_task(service.work())
    while not relay.seen[verb]:
        await asyncio.sleep(0.01)
    assert await service.staff.erase(reference, b"who")
    await working
    relay.script.clear()
    await service.work_off(hours=0.5)
    await service.close()
    assert relay.taken == []


async def sent_again_late(service: Service) -> str:
    """Have an enquiry whose confirmation staff send again after all its time is over; return how it is named."""
    accepted = await service.accept()
    await service.work()
    service.clock.forward(hours=100)
    assert await service.staff.resend(accepted.reference, b"sealed")
    return f"{accepted.reference}/confirmation"


async def test_what_staff_have_sent_again_late_is_tried_as_long_as_any_other(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    confirmation = await sent_again_late(service)
    began = service.clock.at
    relay.always("RCPT", b"451 later\r\n")
    limit = timedelta(seconds=DeliveryName(Kind.CONFIRMATION).schedule.give_up_after)
    ends: dict[str, timedelta] = {}
    while (due := await service.next_due()) is not None and due < began + 2 * limit:
        service.clock.at = max(service.clock.at, due)
        await service.work()
        ends.setdefault((await service.states())[confirmation], service.clock.at - began)
    assert list(ends) == [f"due resent.{milliseconds(began)}:rcpt-451", "failed too-old"]
    assert limit < ends["failed too-old"] < limit * 1.2
    # By its schedule, which has time for 16 tries, give or take the jitter.
    assert 13 <= int(await redis.hget("counts", "confirmation.retried") or 0) <= 19
    await service.close()


async def test_what_staff_have_sent_again_outlives_an_outage_in_which_it_tries_the_relay_for_all(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    confirmation = await sent_again_late(service)
    await service.connections.close()
    relay.always("CONNECT", None, drop=True)
    for _ in range(60):
        await service.store.dispatch("one")
        await service.work()
        service.clock.forward(10)
    relay.script.clear()
    await service.store.dispatch("one")
    await service.work()
    assert (await service.states())[confirmation] == "sent dot-250"
    await service.close()


async def resent_late(service: Service) -> str:
    return (await sent_again_late(service)).partition("/")[0]


async def released_late(service: Service) -> str:
    """Have an enquiry that looked like spam released after days; return its reference."""
    trapped = Screening(quarantined="trap")
    accepted = await service.acceptance.accept(enquiry(), idempotency_key=None, body=b"", screening=trapped)
    service.clock.forward(hours=100)
    assert await service.staff.release(accepted.reference, b"sealed")
    return accepted.reference


@pytest.mark.parametrize("asked_for", [resent_late, released_late])
async def test_reception_is_told_when_a_confirmation_that_went_late_bounces(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, asked_for: Callable[[Service], Awaitable[str]]
) -> None:
    service = Service(redis, facts, relay.url, SetClock())
    reference = await asked_for(service)
    relay.script["RCPT"] = lambda line: Answer(b"550 nobody\r\n") if "patient" in line else None
    await service.work()
    await service.work()
    assert f": enquiry {spaced(reference)}, by " in relay.taken[-1].message["Subject"]
    states = await service.states()
    assert states[f"{reference}/confirmation"] == "failed rcpt-550"
    assert states[f"{reference}/undeliverable-0"] == "sent dot-250"
    await service.close()


async def test_what_waits_for_another_s_login_hides_no_relay_that_is_away(redis: Client, facts: ClinicFacts) -> None:
    relay = Relay("127.0.0.1", free_port(), "none", "user", "password")
    service = Service(redis, facts, relay, SetClock())
    accepted = await service.accept()
    await service.work()
    since = await redis.zscore("stranded", f"{accepted.reference}/alert-0")
    assert since is not None
    for _ in range(60):
        service.clock.forward(seconds=1)
        await service.store.dispatch("one")
        await service.work()
    assert (await service.states())[f"{accepted.reference}/alert-0"] == "due auth-waiting"
    assert await redis.zscore("stranded", f"{accepted.reference}/alert-0") == since
    await service.close()

"""At each opening a digest goes if something waits, once, though nobody wrote while the clinic was closed."""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clinic.acts import Acts
from clinic.clock import milliseconds
from clinic.digest import AFTER_OPENING
from clinic.facts import Alerts, ClinicFacts, Reminders
from clinic.retention import Retention
from clinic.screening import Screening
from clinic.settings import ROOT
from clinic.store import Files, Purging, Rewriting, connect
from tests.support.clock import SetClock
from tests.support.patients import enquiry
from tests.support.processes import SECRET, worker
from tests.support.relay import Answer, ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client, Valkey
from workers.openings import MISSED_BY_AT_MOST, Openings

LONDON = ZoneInfo("Europe/London")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


class Morning:
    """A clinic whose workers look whether it has just opened; a Thursday noon at first."""

    def __init__(self, redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> None:
        self.redis = redis
        self.facts = facts.model_copy(update={"reminders": Reminders(after=0)})
        self.relay = relay
        self.clock = SetClock(local("2026-11-19 12:00"))
        self.service = Service(redis, self.facts, relay.url, self.clock)
        self.service.acceptance._not_spam = lambda reference, _ms: f"https://ours.example/not-spam/{reference}"
        self.service.acceptance._link = lambda reference, _ms: f"https://ours.example/contacted/{reference}"

    def openings(self) -> Openings:
        """Return what another worker process leads with."""
        return Openings(self.facts, Files(self.redis), self.service.store, self.clock)

    async def set_aside(self, number: int = 0) -> str:
        kept = await self.service.acceptance.accept(
            enquiry(number), idempotency_key=None, body=b"", screening=Screening(quarantined="trap")
        )
        return kept.reference

    async def opens(self, at: str, *, late: timedelta = timedelta()) -> list[str]:
        """Look all the time around an opening, as three processes, and return the digests that come of it."""
        before, processes = len(self.digests()), [self.openings() for _ in range(3)]
        self.clock.at = local(at) - timedelta(seconds=2) + late
        for _ in range(10):
            for each in processes:
                await each.turn()
            await self.service.work()
            self.clock.forward(1)
        return self.digests()[before:]

    def digests(self) -> list[str]:
        """Return the digests as text, their subjects in front."""
        mails = [mail.message for mail in self.relay.taken if ".digest-0@" in mail.message_id]
        return [f"{mail['Subject']}\n{mail.get_body(('plain',)).get_content()}" for mail in mails]  # type: ignore[union-attr]  # each has one


@pytest.fixture
async def morning(redis: Client, facts: ClinicFacts) -> AsyncIterator[Morning]:
    async with ScriptedRelay() as relay:
        made = Morning(redis, facts, relay)
        yield made
        await made.service.close()


@pytest.mark.parametrize(
    ("came", "opening"),
    [
        ("2026-11-19 12:00", "2026-11-20 08:00"),
        ("2026-11-21 20:30", "2026-11-23 08:00"),
        ("2026-12-24 19:00", "2026-12-29 08:00"),
        ("2026-03-28 23:00", "2026-03-30 08:00"),
        ("2026-10-24 23:00", "2026-10-26 08:00"),
    ],
    ids=["a night", "a weekend", "bank holidays", "the start of summer time", "its end"],
)
async def test_what_looks_like_spam_is_told_of_at_the_next_opening(morning: Morning, came: str, opening: str) -> None:
    morning.clock.at = local(came)
    reference = await morning.set_aside()
    [digest] = await morning.opens(opening)
    assert digest.startswith("1 enquiry is waiting for you\n")
    assert "Nothing came in while you were closed, and this is still waiting for you." in digest
    assert f"https://ours.example/not-spam/{reference}" in digest


async def test_it_is_told_of_once_and_then_only_counted(morning: Morning) -> None:
    reference = await morning.set_aside()
    assert len(await morning.opens("2026-11-20 08:00")) == 1
    # By workers that start now, too.
    assert await morning.opens("2026-11-20 08:00", late=timedelta(minutes=5)) == []
    assert await morning.opens("2026-11-21 08:00") == []
    morning.clock.at = local("2026-11-21 20:30")
    await morning.service.accept(1)
    [digest] = await morning.opens("2026-11-23 08:00")
    assert f"{reference[:4]} {reference[4:]}" not in digest
    assert "Set aside earlier, and at the desk: 1" in digest


async def test_who_is_overdue_or_could_not_be_emailed_is_told_of_each_morning_until_contacted(morning: Morning) -> None:
    morning.relay.script["RCPT"] = lambda line: Answer(b"550 no such user\r\n") if "patient-3@" in line else None
    kept = await morning.service.accept(3)
    await morning.service.work()
    for opening in ("2026-11-20 08:00", "2026-11-21 08:00"):
        [digest] = await morning.opens(opening)
        assert await morning.opens(opening, late=timedelta(hours=4)) == []
        assert digest.count(f"{kept.reference[:4]} {kept.reference[4:]}") == 2
        assert digest.index("Overdue") < digest.index("Could not be emailed")
        for needed in ("Promised by 4pm on Thursday 19 November", "Patient 3", f"/contacted/{kept.reference}"):
            assert needed in digest
    await Acts(morning.service.staff, morning.service.seal).mark(kept.reference, "jo")
    assert await morning.opens("2026-11-23 08:00") == []


async def test_one_who_is_overdue_is_reason_enough_for_a_digest(morning: Morning) -> None:
    await morning.service.accept(3)
    await morning.service.work()
    [digest] = await morning.opens("2026-11-20 08:00")
    assert "Overdue" in digest
    assert "Could not be emailed" not in digest


async def test_one_who_could_not_be_emailed_is_reason_enough_for_a_digest(morning: Morning) -> None:
    morning.relay.script["RCPT"] = lambda line: Answer(b"550 no such user\r\n") if "patient-3@" in line else None
    morning.clock.at = local("2026-11-19 19:30")
    await morning.service.accept(3)
    await morning.service.work()
    [digest] = await morning.opens("2026-11-20 08:00")
    assert "Could not be emailed" in digest
    assert "Overdue" not in digest


async def test_nothing_is_made_before_those_who_wrote_at_the_last_moment_are_on_it(
    morning: Morning, redis: Client
) -> None:
    await morning.set_aside()
    morning.clock.at = local("2026-11-20 08:00") + AFTER_OPENING - timedelta(milliseconds=1)
    await morning.openings().turn()
    assert await redis.keys("deliveries:D*") == []
    morning.clock.forward(milliseconds=1)
    await morning.openings().turn()
    assert len(await redis.keys("deliveries:D*")) == 1


async def test_where_nothing_waits_no_digest_goes(morning: Morning) -> None:
    assert await morning.opens("2026-11-20 08:00") == []


async def test_who_wrote_overnight_is_on_the_same_digest(morning: Morning) -> None:
    await morning.set_aside()
    morning.clock.at = local("2026-11-19 23:00")
    await morning.service.accept(1)
    [digest] = await morning.opens("2026-11-20 08:00")
    assert digest.startswith("1 enquiry came in while you were closed\n")
    assert "/not-spam/" in digest


@pytest.mark.parametrize(
    ("late", "digests"), [(MISSED_BY_AT_MOST - timedelta(minutes=1), 1), (MISSED_BY_AT_MOST + AFTER_OPENING, 0)]
)
async def test_workers_that_come_up_late_still_send_it_for_a_while(
    morning: Morning, late: timedelta, digests: int
) -> None:
    await morning.set_aside()
    assert len(await morning.opens("2026-11-20 08:00", late=late)) == digests


async def test_where_all_was_seen_to_at_the_last_moment_no_digest_goes(morning: Morning) -> None:
    kept = await morning.set_aside()
    morning.clock.at = local("2026-11-20 08:00") + AFTER_OPENING
    await morning.openings().turn()
    await morning.service.staff.erase(kept, b"")
    await morning.service.work()
    assert morning.digests() == []
    assert (await morning.service.states())["D20261120T080000Z/digest-0"] == "suppressed nobody-left"
    assert await morning.redis.zcard("attention") == 0


@pytest.mark.parametrize("erased", [1, 2])
async def test_who_wrote_overnight_and_was_erased_since_is_not_on_the_digest(morning: Morning, erased: int) -> None:
    morning.clock.at = local("2026-11-19 23:00")
    kept = [(await morning.service.accept(number)).reference for number in range(2)]
    await morning.service.work()
    for reference in kept[:erased]:
        await morning.service.staff.erase(reference, b"")
    digests = await morning.opens("2026-11-20 08:00")
    assert [digest.partition("\n")[0] for digest in digests] == ["1 enquiry came in while you were closed"] * (
        2 - erased
    )
    assert "can't be opened" not in "".join(digests)


async def test_after_a_long_closure_reception_can_reach_everybody_who_wrote(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    morning = Morning(redis, facts.model_copy(update={"alerts": Alerts(out_of_hours="hold")}), relay)
    for hours in range(90):
        morning.clock.at = local("2026-12-24 20:30") + timedelta(hours=hours)
        await morning.service.accept(hours)
    [digest] = await morning.opens("2026-12-29 08:00")
    assert digest.startswith("90 enquiries came in while you were closed\n")
    assert all(f"Patient {number}\r" in digest for number in range(90))
    assert all(f"Email: patient-{number}@example.org\r" in digest for number in range(90))
    assert "Each patient's message is in the alert for that enquiry." in digest
    assert sum(".alert-0@" in mail.message_id for mail in relay.taken) == 90
    await morning.service.close()


async def test_a_digest_of_a_night_with_a_flood_says_that_some_have_no_alert(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    morning = Morning(redis, facts.model_copy(update={"alerts": Alerts(flood=2)}), relay)
    morning.clock.at = local("2026-11-19 23:00")
    for number in range(3):
        await morning.service.accept(number)
    [digest] = await morning.opens("2026-11-20 08:00")
    assert "Each patient's message is in the alert for that enquiry, or on a list of those who have none." in digest
    await morning.service.close()


async def test_a_digest_of_very_many_comes_in_parts_and_what_else_waits_is_on_the_first(
    morning: Morning, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("clinic.store.plans.LISTED_AT_MOST", 2)
    aside = await morning.set_aside(9)
    morning.clock.at = local("2026-11-19 23:00")
    for number in range(5):
        await morning.service.accept(number)
    digests = await morning.opens("2026-11-20 08:00")
    assert sorted(int(digest.split()[0]) for digest in digests) == [1, 2, 2]
    assert all("".join(digests).count(f"Email: patient-{number}@example.org\r") == 1 for number in range(5))
    assert sum(f"/not-spam/{aside}" in digest for digest in digests) == 1


async def test_what_has_no_room_on_a_digest_is_counted(morning: Morning, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workers.claimed.WAITING_AT_MOST", 2)
    morning.relay.script["RCPT"] = lambda line: Answer(b"550 no such user\r\n") if "patient-" in line else None
    for number in range(4):
        await morning.service.accept(number)
        await morning.set_aside(number)
    await morning.service.work()
    [digest] = await morning.opens("2026-11-20 08:00")
    assert digest.startswith("8 enquiries are waiting for you\n")
    assert digest.count("/not-spam/") == 2
    assert digest.count("Promised by") == 4
    assert digest.count("And 2 more, at the desk.") == 3


async def test_whoever_was_contacted_while_we_were_closed_is_not_to_be_contacted_again(morning: Morning) -> None:
    acts = Acts(morning.service.staff, morning.service.seal)
    morning.clock.at = local("2026-11-21 20:30")
    kept = await morning.service.accept(1)
    await morning.service.accept(2)
    aside = [await morning.set_aside(number) for number in (3, 4)]
    for reference in (kept.reference, aside[0]):
        await acts.mark(reference, "the manager")
    [digest] = await morning.opens("2026-11-23 08:00")
    assert f"{kept.reference[:4]} {kept.reference[4:]}\r\nContacted since\r\nPatient 1\r" in digest
    assert "Contact by midday on Monday 23 November\r\nPatient 2\r" in digest
    assert f"/not-spam/{aside[0]}" not in digest
    assert f"/not-spam/{aside[1]}" in digest


async def test_where_all_that_was_set_aside_was_contacted_no_digest_goes(morning: Morning) -> None:
    aside = await morning.set_aside()
    await Acts(morning.service.staff, morning.service.seal).mark(aside, "jo")
    assert await morning.opens("2026-11-20 08:00") == []


async def test_a_clinic_that_never_closes_is_told_each_morning_of_what_waits(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    always = facts.model_copy(update={"opening_hours": "24/7", "bank_holidays": "none"})
    morning = Morning(redis, always, relay)
    aside = await morning.set_aside()
    [digest] = await morning.opens("2026-11-20 08:00")
    assert digest.startswith("1 enquiry is waiting for you\n")
    assert f"/not-spam/{aside}" in digest
    assert await morning.opens("2026-11-20 08:00", late=timedelta(minutes=5)) == []
    assert await morning.opens("2026-11-21 08:00") == []
    await morning.service.close()


@pytest.mark.parametrize("digest", [True, False])
async def test_what_was_set_aside_is_kept_from_the_opening_that_told_of_it(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay, *, digest: bool
) -> None:
    morning = Morning(redis, facts.model_copy(update={"alerts": Alerts(digest=digest)}), relay)
    retention = Retention(Purging(redis, morning.clock), Rewriting(redis), 3, morning.facts)
    morning.clock.at = local("2026-12-24 20:30")
    aside = await morning.set_aside()
    morning.clock.at = local("2026-12-27 21:00")
    assert await retention.purge() == (0 if digest else 1)
    if digest:
        [told] = await morning.opens("2026-12-29 08:00")
        assert f"/not-spam/{aside}" in told
        morning.clock.at = local("2027-01-01 08:00")
        assert await retention.purge() == 0
        morning.clock.forward(milliseconds=1)
        assert await retention.purge() == 1
    await morning.service.close()


async def test_a_clinic_that_wants_no_digest_has_none(redis: Client, facts: ClinicFacts) -> None:
    async with ScriptedRelay() as relay:
        quiet = Morning(redis, facts.model_copy(update={"alerts": Alerts(digest=False)}), relay)
        await quiet.set_aside()
        assert await quiet.opens("2026-11-20 08:00") == []
        await quiet.service.close()


def test_a_worker_looks_for_openings(valkey: Valkey, tmp_path: Path) -> None:
    zone = next(zone for zone in ("Europe/London", "Asia/Tokyo") if 1 <= datetime.now(ZoneInfo(zone)).hour <= 21)
    opened = datetime.now(ZoneInfo(zone)) - timedelta(minutes=2)
    text = (ROOT / "clinic.toml").read_text(encoding="utf-8")
    text = text.replace("Mo-Sa 08:00-20:00", f"Mo-Su {opened:%H:%M}-24:00").replace("Europe/London", zone)
    (tmp_path / "clinic.toml").write_text(text.replace('"england"', '"none"'), encoding="utf-8")

    async def digests(*, set_aside: bool = False) -> list[bytes]:
        redis: Client = connect(valkey.url)
        if set_aside:
            await redis.zadd("quarantined", {"CFGH3467": milliseconds(opened) - 600_000})
        found: list[bytes] = await redis.keys("deliveries:D*")
        await redis.aclose()
        return found

    assert asyncio.run(digests(set_aside=True)) == []
    settings = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, "SMTP_URL": "smtp://127.0.0.1:9"}
    process = worker(tmp_path, {**settings, "CLINIC_FILE": str(tmp_path / "clinic.toml")})
    deadline = time.monotonic() + 15
    while not asyncio.run(digests()):
        assert time.monotonic() < deadline, process.output
        time.sleep(0.1)
    assert process.stop() == 0


async def test_a_digest_that_nobody_was_on_is_forgotten_with_the_others(morning: Morning, redis: Client) -> None:
    await morning.set_aside()
    await morning.opens("2026-11-20 08:00")
    assert await redis.exists("deliveries:D20261120T080000Z")
    day_ms = 24 * 60 * 60 * 1000
    purging = Purging(redis, morning.clock)
    morning.clock.at = local("2026-11-21 08:00")
    assert await purging.digests(day_ms) == 0
    morning.clock.forward(1)
    assert await purging.digests(day_ms) == 1
    assert not await redis.exists("deliveries:D20261120T080000Z")

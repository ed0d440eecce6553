"""What ops do on the command line: see what is stuck and send it on, hand out and forget, back up, rotate."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from typer.testing import CliRunner, Result

from clinic.acts import Acts
from clinic.delivery import DeliveryName, Kind
from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.record import read_record
from clinic.retention import Retention
from clinic.seal import Seal
from clinic.settings import ROOT
from clinic.store import Staff, connect
from ops.cli import app
from tests.support.clock import SetClock
from tests.support.processes import SECRET
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client, Valkey

NEWER = "a-newer-secret-for-tests-of-32-characters"
Found = TypeVar("Found")


@pytest.fixture(autouse=True)
def _given(monkeypatch: pytest.MonkeyPatch, shared_valkey: Valkey) -> None:
    monkeypatch.setenv("REDIS_URL", shared_valkey.url)
    monkeypatch.setenv("FRONTDESK_SECRET", SECRET)
    monkeypatch.setenv("CLINIC_FILE", str(ROOT / "clinic.toml"))


def run(*words: str, answer: str | None = None) -> Result:
    return CliRunner().invoke(app, list(words), input=answer)


def on_server(valkey: Valkey, what: Callable[[Client], Awaitable[Found]], *, empty: bool = False) -> Found:
    async def do() -> Found:
        redis: Client = connect(valkey.url)
        if empty:
            await redis.flushall()
        try:
            return await what(redis)
        finally:
            await redis.aclose()

    return asyncio.run(do())


def refused(valkey: Valkey, facts: ClinicFacts, *, relay_says: bytes | None = b"550 5.1.1 nobody\r\n") -> str:
    """Accept an enquiry whose confirmation the relay refuses, and return its reference."""

    async def accept(redis: Client) -> str:
        async with ScriptedRelay() as relay:
            if relay_says:
                relay.first("RCPT", 100, relay_says)
            service = Service(redis, facts, relay.url, SetClock(datetime.now(UTC)))
            reference = (await service.accept(7)).reference
            await service.work()
            await service.close()
        return reference

    return on_server(valkey, accept, empty=True)


def spaced(reference: str) -> str:
    return f"{reference[:4]} {reference[4:]}"


def test_what_failed_is_shown_with_its_cause_and_replayed(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    reference = refused(shared_valkey, facts)
    shown = run("deliveries", "failed").output
    for word in (spaced(reference), "confirmation", "alert-0", "rcpt-550"):
        assert word in shown
    assert "Patient" not in shown
    assert run("replay", reference, answer="n\n").exit_code == 1
    # The mail that tells reception of it may or may not have been tried by then.
    replayed = run("replay", spaced(reference).lower(), "--yes", "--by", "Jo").output
    assert (count := int(replayed.splitlines()[-1][0])) in (2, 3)
    assert f"{count} of {count} are due now" in replayed
    assert "0 failed" in run("deliveries", "failed").output

    async def arrives(redis: Client) -> int:
        async with ScriptedRelay() as relay:
            service = Service(redis, facts, relay.url, SetClock(datetime.now(UTC)))
            await service.work()
            await service.close()
            return len(relay.taken)

    assert on_server(shared_valkey, arrives) == 3
    history = on_server(shared_valkey, lambda redis: Acts(Staff(redis), Seal([SECRET])).history(reference))
    assert [(act.what, act.by) for act in history] == [("replayed", "Jo")] * count


def test_what_somebody_saw_to_is_taken_off_the_list(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    reference = refused(shared_valkey, facts)
    assert "off the list" in run("resolve", "all", "--yes").output
    assert "0 failed" in run("deliveries").output
    missing = run("replay", reference, "--yes")
    assert isinstance(missing.exception, ConfigurationError)
    assert "look at `frontdesk deliveries failed`" in str(missing.exception)


def test_what_waits_is_shown_the_next_first(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    refused(shared_valkey, facts, relay_says=None)
    lines = run("deliveries", "waiting").output
    assert lines.index("reminder-0") < lines.index("escalation-0")
    unknown = run("deliveries", "lost")
    assert "choose one of failed, in-doubt, waiting" in str(unknown.exception)


def test_all_that_is_kept_of_a_person_is_handed_out(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    reference = refused(shared_valkey, facts, relay_says=None)
    kept = json.loads(run("export", reference).output)
    assert kept["enquiry"]["name"] == "Patient 7"
    assert kept["enquiry"]["email"] == "patient-7@example.org"
    assert kept["deliveries"]["confirmation"] == {"state": "sent", "cause": "dot-250"}
    assert kept["acts"] == []


def test_what_is_erased_is_off_the_disk_and_its_mails_are_stopped(
    valkey: Valkey, facts: ClinicFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", valkey.url)
    reference = refused(valkey, facts, relay_says=b"451 4.3.0 later\r\n")
    sealed = on_server(valkey, lambda redis: redis.get(f"enquiry:{reference}"))

    def on_disk() -> bool:
        return any(sealed in file.read_bytes() for file in (tmp_path / "appendonlydir").iterdir())

    assert on_disk()
    assert run("erase", reference, answer="n\n").exit_code == 1
    assert "is erased; its append-only file is written anew" in run("erase", reference, "--yes").output
    assert not on_disk()
    left = [
        *on_server(valkey, lambda redis: redis.zrange("diary", 0, -1)),
        *on_server(valkey, lambda redis: redis.zrange("retrying", 0, -1)),
    ]
    assert not [member for member in left if reference.encode() in member]
    assert "it may have been erased" in str(run("export", reference).exception)


def test_only_what_is_over_is_forgotten_and_nothing_undelivered(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    async def story(redis: Client) -> tuple[list[str], set[str]]:
        clock = SetClock(datetime.now(UTC) - timedelta(days=91))
        async with ScriptedRelay() as relay:
            service = Service(redis, facts, relay.url, clock)
            answered, failed, unanswered = [(await service.accept(number)).reference for number in range(3)]
            relay.script["RCPT"] = lambda line: None  # noqa: ARG005 - every recipient is good
            await service.work()
            acts = Acts(service.staff, service.seal)
            for one in (answered, failed):
                await acts.mark(one, "Jo")
            await redis.zadd("attention", {f"{failed}/confirmation": 1})
            clock.at = datetime.now(UTC)
            recent = (await service.accept(3)).reference
            await service.work()
            await acts.mark(recent, "Jo")
            await service.close()
        left = {failed, unanswered, recent}
        assert await Retention(Staff(redis), clock, 90).purge() == 1
        kept = {name.decode().partition(":")[2] for name in await redis.keys("enquiry:*")}
        return [answered], left ^ kept

    gone, difference = on_server(shared_valkey, story, empty=True)
    assert difference == set()
    assert on_server(shared_valkey, lambda redis: redis.keys(f"*{gone[0]}*")) == []
    assert "0 forgotten" in run("purge", "--yes").output


def test_a_backup_is_restored_into_an_empty_server_and_goes_on(
    shared_valkey: Valkey, valkey: Valkey, facts: ClinicFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = refused(shared_valkey, facts, relay_says=b"451 4.3.0 later\r\n")
    file = tmp_path / "backup"
    assert "keys in" in run("backup", str(file)).output
    assert file.stat().st_mode & 0o077 == 0
    assert b"Patient" not in file.read_bytes()
    assert "is there already" in str(run("backup", str(file)).exception)
    assert "not empty" in str(run("restore", str(file)).exception)
    monkeypatch.setenv("REDIS_URL", valkey.url)
    assert "keys restored, 0 deliveries put back" in run("restore", str(file)).output

    async def arrives(redis: Client) -> list[str]:
        async with ScriptedRelay() as relay:
            service = Service(redis, facts, relay.url, SetClock(datetime.now(UTC) + timedelta(minutes=2)))
            await service.work()
            await service.close()
            return sorted(mail.to for mail in relay.taken)

    assert on_server(valkey, arrives) == ["patient-7@example.org", "reception@purephysiotherapy.example"]
    assert json.loads(run("export", reference).output)["enquiry"]["name"] == "Patient 7"
    (tmp_path / "half").write_text("\n".join(file.read_text().splitlines()[:-1]))
    assert "no whole backup" in str(run("restore", str(tmp_path / "half")).exception)


def test_what_was_settled_while_the_backup_was_taken_is_due_again_and_half_an_enquiry_is_not(
    shared_valkey: Valkey, valkey: Valkey, facts: ClinicFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = refused(shared_valkey, facts, relay_says=b"451 4.3.0 later\r\n")
    on_server(shared_valkey, lambda redis: redis.zrem("diary", f"{whole}/confirmation"))
    on_server(shared_valkey, lambda redis: redis.hset("deliveries:CFGH3467", "alert-0", "due 0 0 0 0 -"))
    assert run("backup", str(tmp_path / "backup")).exit_code == 0
    monkeypatch.setenv("REDIS_URL", valkey.url)
    assert "1 deliveries put back" in run("restore", str(tmp_path / "backup")).output
    assert on_server(valkey, lambda redis: redis.exists("deliveries:CFGH3467")) == 0
    assert on_server(valkey, lambda redis: redis.zscore("diary", f"{whole}/confirmation")) is not None


def test_every_record_and_note_is_sealed_anew(
    shared_valkey: Valkey, facts: ClinicFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = refused(shared_valkey, facts, relay_says=None)
    on_server(shared_valkey, lambda redis: Acts(Staff(redis), Seal([SECRET])).mark(reference, "Jo", "Rang"))
    monkeypatch.setenv("FRONTDESK_SECRET", NEWER)
    assert "2 that no secret opens" in run("rotate-secret").output
    monkeypatch.setenv("FRONTDESK_OLD_SECRETS", SECRET)
    assert run("rotate-secret").output == "2 sealed anew\n"
    assert run("rotate-secret").output == "0 sealed anew\n"
    sealed = on_server(shared_valkey, lambda redis: redis.get(f"enquiry:{reference}"))
    assert read_record(Seal([NEWER]).open(sealed, reference)).enquiry.name == "Patient 7"
    [act] = on_server(shared_valkey, lambda redis: Acts(Staff(redis), Seal([NEWER])).history(reference))
    assert (act.by, act.note) == ("Jo", "Rang")


def test_rotation_under_load_loses_nothing(valkey: Valkey, facts: ClinicFacts) -> None:
    from clinic.settings import Settings
    from ops.rotation import rotate

    settings = Settings.model_validate(
        {"redis_url": valkey.url, "frontdesk_secret": NEWER, "frontdesk_old_secrets": SECRET}
    )

    async def story(redis: Client) -> tuple[int, int, set[str]]:
        async with ScriptedRelay() as relay:
            service = Service(redis, facts, relay.url, SetClock(datetime.now(UTC)))
            service.attempts._records._seal = Seal([NEWER, SECRET])
            references: list[str] = []

            async def load() -> None:
                for number in range(150):
                    references.append((await service.accept(number)).reference)
                    if number % 10 == 0:
                        await service.staff.erase(references[number // 2], b"x")
                        await service.work()

            loading = asyncio.create_task(load())
            while not loading.done():
                await rotate(settings)
            await loading
            await rotate(settings)
            await service.work_off(hours=0.5)
            await service.close()
            unreadable = set()
            erased = {references[number // 2] for number in range(0, 150, 10)}
            for reference in set(references) - erased:
                sealed = await redis.get(f"enquiry:{reference}")
                try:
                    Seal([NEWER]).open(sealed, reference)
                except Exception:  # noqa: BLE001 - whatever it is, it can't be read
                    unreadable.add(reference)
            back = sum([bool(await redis.exists(f"enquiry:{one}")) for one in erased])
            return len(references), back, unreadable

    assert on_server(valkey, story) == (150, 0, set())


def test_the_check_says_what_is_good_and_what_to_do(
    shared_valkey: Valkey, facts: ClinicFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(shared_valkey, facts, relay_says=None)
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:9")
    found = run("check")
    assert found.exit_code == 1
    assert "ok   redis" in found.output
    assert "ok   templates" in found.output
    assert "bad  mail relay: 127.0.0.1:9 ended with connect-silence: see SMTP_URL" in found.output


def test_a_replay_of_an_errand_or_a_sent_one_is_none(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    reference = refused(shared_valkey, facts, relay_says=None)
    confirmation = DeliveryName(Kind.CONFIRMATION)
    assert not on_server(shared_valkey, lambda redis: Staff(redis).replay(reference, confirmation, b"x"))


@pytest.mark.parametrize("verb", ["RCPT", "DATA"])
async def test_an_enquiry_that_is_erased_while_its_mails_are_on_their_way_gets_none(
    redis: Client, facts: ClinicFacts, verb: str
) -> None:
    async with ScriptedRelay() as relay:
        good = {"RCPT": b"250 2.1.5 recipient ok\r\n", "DATA": b"354 go on\r\n"}
        relay.always(verb, good[verb], delay=0.5)
        service = Service(redis, facts, relay.url, SetClock(datetime.now(UTC)))
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
    assert not [member for member in await redis.zrange("diary", 0, -1) if reference.encode() in member]

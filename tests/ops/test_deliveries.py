"""What did not arrive, on the command line: seen with its cause, sent again, or seen to."""

import re
from datetime import UTC, datetime

import pytest

from clinic.acts import Acts
from clinic.clock import milliseconds
from clinic.delivery import Kind
from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.seal import Seal
from clinic.store import Gauges, Staff, Undelivered
from tests.ops.command_line import on_server, refused, run, spaced
from tests.support.clock import SetClock
from tests.support.processes import SECRET
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client, Valkey

pytestmark = pytest.mark.usefixtures("given")


def test_what_failed_is_shown_with_its_cause_and_replayed(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    reference = refused(shared_valkey, facts)
    shown = run("deliveries", "failed").output
    for word in (spaced(reference), "confirmation", "alert-0", "rcpt-550"):
        assert word in shown
    assert "Patient" not in shown
    assert run("replay", reference, answer="n\n").exit_code == 1
    # The mail that tells reception of it may or may not have been tried by then.
    replayed = run("replay", *spaced(reference).lower().split(), "--yes", "--by", "Jo").output
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


def test_what_chases_a_patient_who_has_been_contacted_is_not_replayed_and_off_the_list(
    shared_valkey: Valkey, facts: ClinicFacts
) -> None:
    reference = refused(shared_valkey, facts)

    async def as_an_earlier_version_left_it(redis: Client) -> None:
        await Acts(Staff(redis), Seal([SECRET])).mark(reference, "Jo")
        await redis.hset(f"deliveries:{reference}", "reminder-0", "failed 1 1 0 0 rcpt-550")
        await redis.zadd("attention", {f"{reference}/reminder-0": 1})

    on_server(shared_valkey, as_an_earlier_version_left_it)
    told = run("replay", "all", "--yes").output.splitlines()
    among = len(told) - 1
    assert told[-1] == f"{among - 1} of {among} are due now; 1 off the list: nobody is chased who has been contacted"
    assert "0 failed" in run("deliveries", "failed").output
    assert "reminder-0" not in run("deliveries", "waiting").output


def test_one_in_doubt_is_shown_though_many_failed_before_and_all_are_counted(
    shared_valkey: Valkey, facts: ClinicFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = refused(shared_valkey, facts)

    async def one_of_them_is_in_doubt(redis: Client) -> None:
        await redis.hset(f"deliveries:{reference}", "confirmation", "in_doubt 2 1 0 2 dot-killed")
        await redis.zadd("attention", {f"{reference}/confirmation": milliseconds(datetime.now(UTC)) + 60_000})

    on_server(shared_valkey, one_of_them_is_in_doubt)
    monkeypatch.setattr("ops.deliveries.SHOWN_AT_MOST", 1)
    assert "dot-killed" in run("deliveries", "in-doubt").output
    shown = run("deliveries", "failed").output
    failed = on_server(shared_valkey, lambda redis: Gauges(redis).read()).count("failed")
    assert failed > 1
    assert f"{failed} failed" in shown
    assert shown.count("rcpt-550") == 1


def test_what_waits_is_shown_the_next_first(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    refused(shared_valkey, facts, relay_says=None)
    lines = run("deliveries", "waiting").output
    assert lines.index("reminder-0") < lines.index("escalation-0")
    unknown = run("deliveries", "lost")
    assert "choose one of failed, in-doubt, waiting" in str(unknown.exception)


def test_what_is_stuck_stands_apart_from_what_is_planned(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    refused(shared_valkey, facts, relay_says=b"451 4.3.0 later\r\n")
    stuck, planned = re.split(r" \d held until their time", run("deliveries", "waiting").output)
    assert "2 due and unsent" in stuck
    assert re.search(r"alert-0 +│ due +│ rcpt-451 │ again in ", stuck)
    assert "reminder-0" not in stuck
    assert re.search(r"reminder-0 +│ held +│ - +│ in ", planned)
    assert "rcpt-451" not in planned


def test_why_a_mail_that_was_asked_for_anew_waits_is_told_without_the_time_at_which_it_was(
    shared_valkey: Valkey, facts: ClinicFacts
) -> None:
    reference = refused(shared_valkey, facts, relay_says=b"451 4.3.0 later\r\n")
    anew = "due 2 1 0 0 resent.1795435200000:rcpt-451"
    on_server(shared_valkey, lambda redis: redis.hset(f"deliveries:{reference}", "confirmation", anew))
    assert re.search(r"confirmation +│ due +│ resent:rcpt-451 ", run("deliveries", "waiting").output)


async def test_what_is_tried_again_is_found_behind_all_that_is_planned(redis: Client, facts: ClinicFacts) -> None:
    clock = SetClock(datetime.now(UTC))
    async with ScriptedRelay() as relay:
        relay.first("RCPT", 1000, b"451 4.3.0 later\r\n")
        service = Service(redis, facts, relay.url, clock)
        await service.accept()
        await service.work()
        await service.close()
    soon = milliseconds(clock.now()) + 5000
    for number in range(3):
        await redis.hset(f"deliveries:CFGH346{number + 2}", "reminder-0", "due 0 0 0 0 -")
        await redis.zadd("diary", {f"CFGH346{number + 2}/reminder-0": soon})
    rows = await Undelivered(redis).waiting(2)
    assert {(name.kind, stands, cause) for _, name, stands, cause, _ in rows} == {
        (Kind.CONFIRMATION, "due", "rcpt-451"),
        (Kind.ALERT, "due", "rcpt-451"),
        (Kind.REMINDER, "held", "-"),
    }


@pytest.mark.parametrize(
    ("entry", "in_ms", "stands"),
    [
        ("due 3 0 0 0 auth-535", 50_000, "due"),
        ("due 3 0 0 0 closed", 50_000, "held"),
        ("due 3 0 0 0 released", 50_000, "held"),
        ("due 3 0 0 0 reopened", 50_000, "held"),
        ("due 3 0 0 0 reopened:closed", 50_000, "held"),
        ("due 3 1 0 0 released:rcpt-451", 50_000, "due"),
        ("due 3 0 1 0 -", 10_000, "sending"),
        ("due 3 0 0 0 -", -1000, "due"),
    ],
)
async def test_the_status_and_the_list_say_the_same(redis: Client, entry: str, in_ms: int, stands: str) -> None:
    await redis.hset("deliveries:CFGH3467", "reminder-0", entry)
    await redis.zadd("diary", {"CFGH3467/reminder-0": milliseconds(datetime.now(UTC)) + in_ms})
    [(_, _, listed, _, _)] = await Undelivered(redis).waiting(9)
    reading = await Gauges(redis).read()
    assert (listed, reading.standing) == (stands, {(Kind.REMINDER, stands): 1})

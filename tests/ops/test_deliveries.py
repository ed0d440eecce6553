"""What did not arrive, on the command line: seen with its cause, sent again, or seen to."""

from datetime import UTC, datetime

import pytest

from clinic.acts import Acts
from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.seal import Seal
from clinic.store import Staff
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


def test_what_waits_is_shown_the_next_first(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    refused(shared_valkey, facts, relay_says=None)
    lines = run("deliveries", "waiting").output
    assert lines.index("reminder-0") < lines.index("escalation-0")
    unknown = run("deliveries", "lost")
    assert "choose one of failed, in-doubt, waiting" in str(unknown.exception)

"""The quarantine on the command line: what is set aside is seen, and comes back with one command."""

import pytest

from clinic.acts import Acts
from clinic.delivery import Lane
from clinic.enquiry import Enquiry
from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.screening import Screening
from clinic.seal import Seal
from clinic.store import Staff, Store
from tests.ops.command_line import on_server, run, spaced
from tests.support.clock import SetClock
from tests.support.patients import enquiry
from tests.support.processes import SECRET
from tests.support.service import Service
from tests.support.valkey import Client, Valkey

pytestmark = pytest.mark.usefixtures("given")


def accept_suspect(valkey: Valkey, facts: ClinicFacts, sent: Enquiry) -> str:
    """Accept an enquiry that looks like nobody's, on an empty server, and return its reference."""

    async def accept(redis: Client) -> str:
        service = Service(redis, facts, "smtp://127.0.0.1:9", SetClock())
        screening = Screening(quarantined="trap")
        made = await service.acceptance.accept(sent, idempotency_key=None, body=b"x", screening=screening)
        return made.reference

    return on_server(valkey, accept, empty=True)


def test_what_is_set_aside_is_listed_and_can_be_released(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    reference = accept_suspect(shared_valkey, facts, enquiry())
    shown = run("quarantine").output
    assert "1 set aside" in shown
    assert spaced(reference) in shown
    assert "Patient" not in shown
    answer = run("release", spaced(reference).lower(), "--by", "sam")
    assert answer.output == f"{spaced(reference)} is on its way to the patient and to reception.\n"

    async def due(redis: Client) -> set[str]:
        store = Store(redis)
        return {str(claim.name) for lane in Lane for claim in await store.claim(lane, 9)}

    history = on_server(shared_valkey, lambda redis: Acts(Staff(redis), Seal([SECRET])).history(reference))
    assert [(act.what, act.by) for act in history] == [("released", "sam")]
    assert on_server(shared_valkey, due) == {"alert-0", "confirmation"}
    again = run("release", reference)
    assert isinstance(again.exception, ConfigurationError)
    assert "is not set aside" in str(again.exception)


def test_behind_a_flood_of_spam_the_last_that_came_are_shown_and_all_are_counted(
    shared_valkey: Valkey, facts: ClinicFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = accept_suspect(shared_valkey, facts, enquiry())
    on_server(shared_valkey, lambda redis: redis.zadd("quarantined", {"CFGH3467": 1, "CFGH3468": 2}))
    monkeypatch.setattr("ops.quarantine.SHOWN_AT_MOST", 2)
    shown = run("quarantine").output
    assert "3 set aside" in shown
    assert spaced("CFGH3467") not in shown
    assert shown.index(spaced("CFGH3468")) < shown.index(spaced(reference))


def test_what_is_no_reference_is_said_to_be_none() -> None:
    assert "is no reference" in str(run("release", "nonsense!").exception)

"""The quarantine on the command line: what is set aside is seen, and comes back with one command."""

import asyncio

import pytest
from typer.testing import CliRunner

from clinic.acts import Acts
from clinic.delivery import Lane
from clinic.enquiry import Enquiry
from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.screening import Screening
from clinic.seal import Seal
from clinic.settings import ROOT
from clinic.store import Staff, connect
from ops.cli import app
from tests.support.clock import SetClock
from tests.support.patients import enquiry
from tests.support.processes import SECRET
from tests.support.service import Service
from tests.support.valkey import Valkey


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, shared_valkey: Valkey) -> None:
    """Set the settings of a service on the shared server."""
    monkeypatch.setenv("REDIS_URL", shared_valkey.url)
    monkeypatch.setenv("FRONTDESK_SECRET", SECRET)
    monkeypatch.setenv("CLINIC_FILE", str(ROOT / "clinic.toml"))


def accept_suspect(shared_valkey: Valkey, facts: ClinicFacts, sent: Enquiry) -> str:
    """Accept an enquiry that looks like nobody's, on an empty server, and return its reference."""

    async def accept() -> str:
        redis = connect(shared_valkey.url)
        await redis.flushall()
        service = Service(redis, facts, "smtp://127.0.0.1:9", SetClock())
        screening = Screening(quarantined="trap")
        made = await service.acceptance.accept(sent, idempotency_key=None, body=b"x", screening=screening)
        await redis.aclose()
        return made.reference

    return asyncio.run(accept())


@pytest.mark.usefixtures("given")
def test_what_is_set_aside_is_listed_and_can_be_released(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    reference = accept_suspect(shared_valkey, facts, enquiry())
    spaced = f"{reference[:4]} {reference[4:]}"
    shown = CliRunner().invoke(app, ["quarantine"]).output
    assert "1 set aside" in shown
    assert spaced in shown
    assert "Patient" not in shown
    answer = CliRunner().invoke(app, ["release", spaced.lower(), "--by", "sam"])
    assert answer.output == f"{spaced} is on its way to the patient and to reception.\n"

    async def due() -> set[str]:
        redis = connect(shared_valkey.url)
        store = Service(redis, facts, "smtp://127.0.0.1:9", SetClock()).store
        store._clock = None
        assert [(act.what, act.by) for act in await Acts(Staff(redis), Seal([SECRET])).history(reference)] == [
            ("released", "sam")
        ]
        found = {str(claim.name) for lane in Lane for claim in await store.claim(lane, 9)}
        await redis.aclose()
        return found

    assert asyncio.run(due()) == {"alert-0", "confirmation"}
    again = CliRunner().invoke(app, ["release", reference])
    assert isinstance(again.exception, ConfigurationError)
    assert "is not set aside" in str(again.exception)


@pytest.mark.usefixtures("given")
def test_what_is_no_reference_is_said_to_be_none() -> None:
    answer = CliRunner().invoke(app, ["release", "nonsense!"])
    assert "is no reference" in str(answer.exception)

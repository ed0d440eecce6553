"""The report on the command line, over a real store."""

import asyncio
import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from typer.testing import CliRunner

from clinic.acts import Acts
from clinic.facts import ClinicFacts
from clinic.store import connect
from ops.cli import app
from tests.support.clock import SetClock
from tests.support.processes import SECRET
from tests.support.service import Service
from tests.support.valkey import Valkey


def contacted(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    """Accept an enquiry on an empty server, and mark it as contacted."""

    async def accept_and_mark() -> None:
        redis = connect(shared_valkey.url)
        await redis.flushall()
        service = Service(redis, facts, "smtp://127.0.0.1:9", SetClock(datetime.now(UTC)))
        accepted = await service.accept()
        await Acts(service.staff, service.seal).mark(accepted.reference, "jo")
        await redis.aclose()

    asyncio.run(accept_and_mark())


def test_it_is_a_table_and_a_file_for_a_spreadsheet(
    shared_valkey: Valkey, facts: ClinicFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacted(shared_valkey, facts)
    monkeypatch.setenv("REDIS_URL", shared_valkey.url)
    monkeypatch.setenv("FRONTDESK_SECRET", SECRET)
    rows = list(csv.reader(StringIO(CliRunner().invoke(app, ["report", "--csv"]).output)))
    assert rows[0][:3] == ["by", "name", "received"]
    assert rows[2] == ["condition", "Sacro-iliac joint pain", "1", "1", "1", "100", "0"]
    assert "Sacro-iliac joint pain" in CliRunner().invoke(app, ["report"], env={"COLUMNS": "200"}).output


def test_an_account_s_line_holds_a_hash_and_no_password() -> None:
    line = CliRunner().invoke(app, ["desk-password", "jo", "--password", "correct horse battery"]).output
    assert line.startswith("jo:$argon2id$")
    assert "horse" not in line

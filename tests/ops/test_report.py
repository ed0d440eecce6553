"""The report on the command line, over a real store."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from typer.testing import CliRunner

from clinic.acts import Acts
from clinic.facts import ClinicFacts
from ops.cli import app
from tests.ops.command_line import on_server, run
from tests.support.clock import SetClock
from tests.support.service import Service
from tests.support.valkey import Client, Valkey


def contacted(valkey: Valkey, facts: ClinicFacts) -> None:
    """Accept an enquiry on an empty server, and mark it as contacted."""

    async def accept_and_mark(redis: Client) -> None:
        service = Service(redis, facts, "smtp://127.0.0.1:9", SetClock(datetime.now(UTC)))
        accepted = await service.accept()
        await Acts(service.staff, service.seal).mark(accepted.reference, "jo")

    on_server(valkey, accept_and_mark, empty=True)


@pytest.mark.usefixtures("given")
def test_it_is_a_table_and_a_file_for_a_spreadsheet(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    contacted(shared_valkey, facts)
    rows = list(csv.reader(StringIO(run("report", "--csv").output)))
    assert rows[0][:3] == ["by", "name", "received"]
    assert rows[2] == ["condition", "Sacro-iliac joint pain", "1", "1", "1", "100", "0"]
    assert "Sacro-iliac joint pain" in CliRunner().invoke(app, ["report"], env={"COLUMNS": "200"}).output

"""A backup goes into an empty server and on from there, and holds nobody's name."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic.errors import ConfigurationError, StoreUnavailable
from clinic.facts import ClinicFacts
from tests.ops.command_line import on_server, refused, run
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client, Valkey

pytestmark = pytest.mark.usefixtures("given")


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
    assert "keys restored" in run("restore", str(file)).output

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


def test_a_backup_that_failed_leaves_nothing_that_stops_the_next(
    shared_valkey: Valkey, facts: ClinicFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused(shared_valkey, facts, relay_says=b"451 4.3.0 later\r\n")
    file = tmp_path / "backup"
    with monkeypatch.context() as patch:
        patch.setenv("REDIS_URL", "redis://127.0.0.1:1")
        assert isinstance(run("backup", str(file)).exception, StoreUnavailable)
    assert list(tmp_path.iterdir()) == []
    assert "keys in" in run("backup", str(file)).output


def test_what_a_killed_backup_left_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "backup.unfinished").touch()
    told = str(run("backup", str(tmp_path / "backup")).exception)
    assert "backup.unfinished is there: another backup writes it, or one was killed: remove it then" in told
    assert (tmp_path / "backup.unfinished").exists()


@pytest.mark.parametrize("text", ["", "[]\n", '{"frontdesk": "backup", "version": 1}\n{"lines": 0}\n', "no JSON"])
def test_what_is_no_backup_is_refused_before_anything_is_written(
    valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "backup").write_text(text)
    monkeypatch.setenv("REDIS_URL", valkey.url)
    assert isinstance(run("restore", str(tmp_path / "backup")).exception, ConfigurationError)
    assert on_server(valkey, lambda redis: redis.dbsize()) == 0

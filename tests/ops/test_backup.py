"""A backup goes into an empty server and on from there, and holds nobody's name."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic.errors import ConfigurationError, StoreUnavailable
from clinic.facts import ClinicFacts
from tests.ops.command_line import on_server, refused, run, spaced
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client, Valkey
from tests.support.wholeness import broken

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


def test_what_was_settled_while_the_backup_was_taken_is_due_again_and_half_an_enquiry_is_not(
    shared_valkey: Valkey, valkey: Valkey, facts: ClinicFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = refused(shared_valkey, facts, relay_says=b"451 4.3.0 later\r\n")
    on_server(shared_valkey, lambda redis: redis.zrem("diary", f"{whole}/confirmation"))
    on_server(shared_valkey, lambda redis: redis.hset("deliveries:CFGH3467", "alert-0", "due 0 0 0 0 -"))
    assert run("backup", str(tmp_path / "backup")).exit_code == 0
    monkeypatch.setenv("REDIS_URL", valkey.url)
    told = run("restore", str(tmp_path / "backup")).output
    # It was taken at one instant: what is due and not in the diary was so then.
    assert "1 deliveries put back" in told
    assert "came while it was taken" in told
    assert "CFGH 3467" in told
    assert on_server(valkey, lambda redis: redis.exists("deliveries:CFGH3467")) == 0
    assert on_server(valkey, lambda redis: redis.zscore("diary", f"{whole}/confirmation")) is not None


def test_a_backup_of_the_version_before_is_restored_and_what_was_not_whole_in_it_is_named(
    shared_valkey: Valkey, valkey: Valkey, facts: ClinicFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = refused(shared_valkey, facts, relay_says=b"451 4.3.0 later\r\n")

    async def single_keys(redis: Client) -> list[str]:
        await redis.zadd("open", {"CFGH3467": 1})
        names = [name for name in await redis.keys("*") if name != f"deliveries:{reference}".encode()]
        dumps = [(name, await redis.dump(name)) for name in names]
        return [json.dumps({"key": text(name), "dump": text(dump), "ttl_ms": 0}) for name, dump in dumps]

    def text(value: bytes) -> str:
        return base64.b64encode(value).decode()

    lines = on_server(shared_valkey, single_keys)
    head, end = json.dumps({"frontdesk": "backup", "version": 1}), json.dumps({"keys": len(lines)})
    file = tmp_path / "backup"
    file.write_text("\n".join([head, *lines, end]) + "\n")
    monkeypatch.setenv("REDIS_URL", valkey.url)
    told = run("restore", str(file)).output.splitlines()
    assert told[0] == f"{len(lines)} keys restored, 0 deliveries put back into the diary"
    assert [line.rpartition(": ")[2] for line in told[1:]] == ["CFGH 3467", spaced(reference)]
    assert on_server(valkey, broken) == []


@pytest.mark.parametrize("text", ["", "[]\n", '{"frontdesk": "backup", "version": 3}\n{"lines": 0}\n', "no JSON"])
def test_what_is_no_backup_is_refused_before_anything_is_written(
    valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "backup").write_text(text)
    monkeypatch.setenv("REDIS_URL", valkey.url)
    assert isinstance(run("restore", str(tmp_path / "backup")).exception, ConfigurationError)
    assert on_server(valkey, lambda redis: redis.dbsize()) == 0

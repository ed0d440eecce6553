"""The house tells its parts where everything is, and nothing secret where others could read it."""

import errno
import inspect
import re
import stat
from pathlib import Path

import pytest

from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.settings import ROOT, read_settings
from ops.commands.house import up
from ops.environment import for_python, names, overlaid
from ops.folder import Folder
from ops.house import House, Ports, house
from ops.sample import PATIENT, expected

SETTINGS = (
    *("REDIS_URL", "SMTP_URL", "FRONTDESK_SECRET", "CLINIC_FILE", "INTAKE_HOST", "INTAKE_PORT", "PUBLIC_URL"),
    *("DESK_USERS", "DESK_USER_HEADER"),
)
ANY = Ports(0, 0, 0, 0, 0)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def built(folder: Path, ports: Ports = ANY, *, demo: bool = True) -> House:
    with house(Folder(folder), ports, demo=demo) as made:
        return made


def test_the_demo_starts_store_catcher_workers_and_intake_in_this_order(tmp_path: Path) -> None:
    made = built(tmp_path)
    assert [part.name for part in made.parts] == [
        "valkey",
        "catcher",
        "worker-1",
        "worker-2",
        "intake",
        "monitor",
        "website",
    ]
    intake = made.parts[-1].environment
    assert intake["REDIS_URL"] == made.redis_url
    assert intake["SMTP_URL"].startswith("smtp://127.0.0.1:")
    assert intake["INTAKE_PORT"] == str(made.intake[1])


def test_up_sends_by_the_relay_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtps://user:word@relay.example")
    made = built(tmp_path, Ports(intake=0, monitor=0), demo=False)
    assert [part.name for part in made.parts] == ["valkey", "worker-1", "worker-2", "intake", "monitor"]
    assert made.inbox is None
    assert made.parts[1].environment["SMTP_URL"] == "smtps://user:word@relay.example"
    rehearsal = built(tmp_path, Ports(intake=0, inbox=0, monitor=0), demo=False)
    assert rehearsal.inbox is not None
    assert rehearsal.parts[-1].environment["SMTP_URL"] == "smtps://user:word@relay.example"


@pytest.mark.parametrize(
    ("given", "desk"),
    [
        ({}, ""),
        ({"DESK_USERS": "desk-users"}, "http://127.0.0.1:{port}/desk"),
        ({"DESK_USER_HEADER": "X-User", "PUBLIC_URL": "https://book.example"}, "https://book.example/desk"),
    ],
)
def test_the_desk_is_where_reception_reaches_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], desk: str
) -> None:
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:9")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    made = built(tmp_path, Ports(intake=0, monitor=0), demo=False)
    assert made.desk == desk.format(port=made.intake[1])


def test_beside_up_the_page_for_operators_and_the_faults_name_its_server_and_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMTP_URL", "smtps://user:word@relay.example")
    made = built(inspect.signature(up).parameters["data"].default, Ports(intake=0, monitor=0), demo=False)
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    line = re.search(r"^REDIS_URL=(\S+) FRONTDESK_SECRET_FILE=(\S+) ", told, re.MULTILINE)
    assert line
    assert line[1].replace("$PWD", str(tmp_path)) == made.redis_url
    assert str(tmp_path / line[2]) == made.parts[1].environment["FRONTDESK_SECRET_FILE"]
    with pytest.raises(ConfigurationError) as unset:
        read_settings({})
    redis, secret = unset.value.faults
    assert f"({line[1]})" in redis
    assert secret.endswith(f" FRONTDESK_SECRET_FILE={line[2]}")


def test_a_store_of_yours_is_used_and_its_password_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://user:pass%40word@store.example/0")
    made = built(tmp_path)
    assert "valkey" not in [part.name for part in made.parts]
    assert made.redis_url == "redis://user:***@store.example/0"


def test_no_secret_is_in_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", "smtps://user:password@relay.example")
    monkeypatch.setenv("FRONTDESK_SECRET", "s" * 40)
    made = built(tmp_path, Ports(intake=0, monitor=0), demo=False)
    for part in made.parts:
        for secret in ("password", "s" * 40):
            assert all(secret not in word for word in part.command)
            assert secret not in repr(part)


def test_an_intake_on_every_address_is_looked_for_on_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INTAKE_HOST", "0.0.0.0")  # noqa: S104 - what is tested
    made = built(tmp_path)
    assert made.intake[0] == "127.0.0.1"
    assert made.parts[-1].environment["INTAKE_HOST"] == "0.0.0.0"  # noqa: S104 - what is tested


def test_a_secret_is_made_once_for_its_owner_only_and_handed_on_by_file(tmp_path: Path) -> None:
    first = built(tmp_path).parts[-1].environment
    file = tmp_path / "secret"
    made = file.read_text()
    assert len(made) > 32
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "valkey").stat().st_mode) == 0o700
    assert first["FRONTDESK_SECRET_FILE"] == str(file)
    assert "FRONTDESK_SECRET" not in first
    built(tmp_path)
    assert file.read_text() == made


def test_forgetting_keeps_the_secret_and_what_is_not_ours(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.keep_secret()
    for file in (folder.valkey / "aof", folder.mail / "one.eml", tmp_path / "notes.txt"):
        file.write_text("x")
    folder.forget()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["mail", "notes.txt", "secret", "valkey"]


def test_a_setting_is_given_directly_or_by_file_and_replaced_whichever_way() -> None:
    given = {"SMTP_URL_FILE": "/run/secrets/smtp", "HOME": "/"}
    assert names(given, "SMTP_URL")
    assert not names({"SMTP_URL": ""}, "SMTP_URL")
    assert overlaid(given, SMTP_URL="smtp://x") == {"HOME": "/", "SMTP_URL": "smtp://x"}
    assert overlaid({"A": "1"}, A_FILE="/a") == {"A_FILE": "/a"}


def test_a_checkout_is_found_from_any_folder_before_what_was_on_the_path() -> None:
    path = for_python({"PYTHONPATH": "/elsewhere"})["PYTHONPATH"]
    assert path.endswith(":/elsewhere")
    assert (Path(path.split(":")[0]) / "ops").is_dir()


def test_a_disk_that_is_full_at_the_first_start_leaves_no_empty_secret_for_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_length: int) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = Folder(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("secrets.token_urlsafe", full)
        with pytest.raises(ConfigurationError, match=r"^--data: .* can't be used: No space left on device"):
            folder.keep_secret()
    kept = folder.keep_secret()
    assert len(kept.read_text().strip()) > 32
    assert kept.stat().st_mode & 0o077 == 0
    assert folder.keep_secret().read_text() == kept.read_text()


def test_the_sample_waits_for_every_alert_save_those_held_until_the_clinic_opens(facts: ClinicFacts) -> None:
    two = facts.model_copy(update={"reception": ("a@clinic.test", "b@clinic.test")})
    held = two.model_copy(update={"alerts": facts.alerts.model_copy(update={"out_of_hours": "hold"})})
    everyone = {PATIENT: "confirmation", "a@clinic.test": "alert", "b@clinic.test": "alert"}
    assert expected(two, open_now=False) == everyone
    assert expected(held, open_now=True) == everyone
    assert expected(held, open_now=False) == {PATIENT: "confirmation"}

"""Settings come from the environment, and every fault of them is told at once."""

from pathlib import Path

import pytest

from clinic.errors import ConfigurationError
from clinic.settings import read_settings

GOOD = {"REDIS_URL": "redis://127.0.0.1:6379/0", "FRONTDESK_SECRET": "s" * 32}


def faults(environment: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read_settings(environment)
    return list(caught.value.faults)


def test_two_settings_are_enough_for_the_intake() -> None:
    assert read_settings(GOOD).secrets == ["s" * 32]


def test_all_faults_are_told_together_each_with_its_setting() -> None:
    told = faults({"FRONTDESK_SECRET": "short", "SMTP_URL": "mail", "INTAKE_PORT": "many"})
    assert [line.split(":")[0] for line in told] == ["REDIS_URL", "FRONTDESK_SECRET", "SMTP_URL", "INTAKE_PORT"]


def test_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("f" * 40 + "\n")
    environment = {"REDIS_URL": GOOD["REDIS_URL"], "FRONTDESK_SECRET_FILE": str(tmp_path / "secret")}
    assert read_settings(environment).secrets == ["f" * 40]


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    told = faults({**GOOD, "SMTP_URL_FILE": str(tmp_path / "nothing")})
    assert told[0].startswith("SMTP_URL: can't be read from the file that SMTP_URL_FILE names")


def test_setting_given_twice_is_refused(tmp_path: Path) -> None:
    assert "keep one of them" in faults({**GOOD, "SMTP_URL": "smtp://a", "SMTP_URL_FILE": str(tmp_path)})[0]


def test_old_secrets_follow_the_new_one() -> None:
    assert read_settings({**GOOD, "FRONTDESK_OLD_SECRETS": f"{'a' * 32} {'b' * 32}"}).secrets == [
        "s" * 32,
        "a" * 32,
        "b" * 32,
    ]


def test_what_has_no_default_is_told_with_the_next_step() -> None:
    redis, secret = faults({})
    assert redis.startswith("REDIS_URL: is not set: name your Redis")
    assert secret.startswith("FRONTDESK_SECRET: is not set: give the one that seals your records")


def test_worker_without_a_relay_is_told_which_setting_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="SMTP_URL: is not set"):
        read_settings(GOOD).relay()


def test_no_secret_is_shown() -> None:
    settings = read_settings({**GOOD, "SMTP_URL": "smtps://user:hunter2@mail.example.com"})
    assert "hunter2" not in repr(settings)
    assert "ssss" not in repr(settings)

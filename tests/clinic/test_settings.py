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


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "PUBLIC_URL",
            "enquiries.example.com",
            "names no host that a browser could go to: write it as https://www.example.com",
        ),
        ("DESK_USER_HEADER", "X User", "write the name of one header, such as X-Forwarded-User"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "localhost:4318",
            "write it with http:// or https://, such as http://collector.example.com:4318",
        ),
        ("INTAKE_PORT", "many", "write a whole number in digits, such as 20"),
        ("INTAKE_PORT", "99999", "is too large: write 65535 or less"),
        ("TRUSTED_PROXIES", "-1", "is too small: write 0 or more"),
        ("PROOF_OF_WORK", "maybe", "write true or false, without quotation marks"),
        ("CHANNELS", "chat", "entry 1 is not name=address, such as duty-phone=tgram://...: correct it"),
        ("SMTP_URL", "mail", "must look like smtp://user:password@mail.example.com:587 or smtps://…:465"),
        (
            "FRONTDESK_SECRET",
            "",
            "is not set: give the one that seals your records; beside `up` FRONTDESK_SECRET_FILE=data/up/secret",
        ),
    ],
)
def test_a_fault_says_in_plain_words_what_to_write(name: str, value: str, told: str) -> None:
    assert faults({**GOOD, name: value}) == [f"{name}: {told}"]


def test_no_fault_shows_a_secret() -> None:
    relay = "smtp://frontdesk@example.com:hunter/2@mail.example.com:587"
    told = " ".join(faults({**GOOD, "FRONTDESK_SECRET": "hunter2", "SMTP_URL": relay}))
    assert "percent-encoded" in told
    assert "hunter" not in told


def test_no_secret_is_shown() -> None:
    settings = read_settings({**GOOD, "SMTP_URL": "smtps://user:hunter2@mail.example.com"})
    assert "hunter2" not in repr(settings)
    assert "ssss" not in repr(settings)


@pytest.mark.parametrize("url", ["https://BÜCHER.example.:443", "https://xn--bcher-kva.example/"])
def test_the_public_address_is_written_as_browsers_write_it(url: str) -> None:
    assert read_settings({**GOOD, "PUBLIC_URL": url}).public_url == "https://xn--bcher-kva.example"
    assert read_settings(GOOD).public_url == ""


def test_an_address_that_no_browser_can_meet_is_refused() -> None:
    cure = "names no host that a browser could go to: write it as https://www.example.com"
    for url in ("enquiries.example.com", "https://[::1", "https://a..example", "ftp://example.com"):
        assert faults({**GOOD, "PUBLIC_URL": url}) == [f"PUBLIC_URL: {cure}"]
        told = faults({**GOOD, "WEBSITES": f"https://www.example.com {url}"})
        assert told == [f"WEBSITES: entry 2 {cure}"]
    told = faults({**GOOD, "PUBLIC_URL": "https://example.com/enquiries"})
    assert told == ["PUBLIC_URL: says more than where: leave it at https://example.com"]

"""Where mail goes out, and that it never goes in the clear to another machine."""

import pytest

from clinic.relay import Relay


@pytest.mark.parametrize("host", ["mail.example.com", "10.0.0.5", "localhost.example.com"])
def test_relay_on_another_machine_must_offer_starttls(host: str) -> None:
    assert Relay.parse(f"smtp://{host}").encryption == "starttls"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.8.8"])
def test_relay_on_this_machine_is_spoken_to_in_the_clear(host: str) -> None:
    assert Relay.parse(f"smtp://{host}:25").encryption == "none"


def test_smtps_encrypts_from_the_first_byte() -> None:
    relay = Relay.parse("smtps://user:p%40ss@mail.example.com")
    assert (relay.encryption, relay.port, relay.username, relay.password) == ("tls", 465, "user", "p@ss")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mail.example.com", "must look like"),
        ("http://mail.example.com", "must look like"),
        ("smtp://", "must look like"),
        ("smtp://mail.example.com:port", "must look like"),
        ("smtp://user@mail.example.com", "both a user and a password"),
        ("smtp://mail.example.com?tls=off", "knows no option 'tls'"),
    ],
)
def test_url_that_makes_no_sense_is_refused_with_the_cure(url: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Relay.parse(url)


def test_password_is_not_shown() -> None:
    assert "hunter2" not in repr(Relay.parse("smtps://user:hunter2@mail.example.com"))

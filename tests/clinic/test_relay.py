"""Where mail goes out, and that it never goes in the clear to another machine."""

import re

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


@pytest.mark.parametrize("password", ["pa/ss", "12/ss", "12?ss=", "12?tls=x", "12#ss", "pa[ss", "12/s@s"])
@pytest.mark.parametrize("user", ["user", "frontdesk@example.com"])
def test_a_password_that_would_end_the_host_is_refused_with_the_way_to_write_it(user: str, password: str) -> None:
    with pytest.raises(ValueError, match="percent-encoded") as refused:
        Relay.parse(f"smtp://{user}:{password}@mail.example.com:587")
    assert "smtp://frontdesk%40example.com:a%2Fb@mail.example.com" in str(refused.value)
    assert not re.search(r"pa|12|ss|tls", str(refused.value).replace("password", "").replace("encoded", ""))


def test_encoded_it_is_read_and_so_is_the_file_of_an_authority() -> None:
    relay = Relay.parse("smtp://frontdesk%40example.com:a%2Fb@mail.example.com?ca=/etc/ssl/us@home.pem")
    assert (relay.username, relay.password, relay.host) == ("frontdesk@example.com", "a/b", "mail.example.com")
    assert relay.ca_file == "/etc/ssl/us@home.pem"
    assert Relay.parse("smtp://frontdesk@example.com:pass@[::1]:25").host == "::1"


def test_password_is_not_shown() -> None:
    assert "hunter2" not in repr(Relay.parse("smtps://user:hunter2@mail.example.com"))

"""Where a request comes from: our own proxies are believed, counted from the right, and nobody else."""

import pytest

from intake.client import client_of


def found(forwarded: str, trusted: int, peer: str | None = "198.51.100.1") -> str | None:
    scope = {"type": "http", "client": (peer, 1234) if peer else None}
    client = client_of(scope, [forwarded.encode("latin-1")] if forwarded else [], trusted)
    return client.household if client else None


@pytest.mark.parametrize(
    ("forwarded", "trusted", "expected"),
    [
        ("", 0, "198.51.100.1/32"),
        ("1.2.3.4", 0, "198.51.100.1/32"),
        ("1.2.3.4, 5.6.7.8", 1, "5.6.7.8/32"),
        ("127.0.0.1, 1.2.3.4, 5.6.7.8", 2, "1.2.3.4/32"),
        ("1.2.3.4", 2, "198.51.100.1/32"),
        ("nonsense", 1, "198.51.100.1/32"),
        ("fe80::1%eth0", 1, "fe80::/64"),
        (", ".join(["9.9.9.9"] * 200 + ["5.6.7.8"]), 1, "5.6.7.8/32"),
        ("2001:db8::1", 1, "2001:db8::/64"),
        ("::ffff:192.0.2.7", 1, "192.0.2.7/32"),
        ("1.2.3.4, 5.6.7.8:50123", 1, "5.6.7.8/32"),
        ("[2001:db8::1]:50123", 1, "2001:db8::/64"),
        ("[2001:db8::1]", 1, "2001:db8::/64"),
        ("5.6.7.8:50123:7", 1, "198.51.100.1/32"),
        ("[2001:db8::1", 1, "198.51.100.1/32"),
        ("\xff\x00, ", 1, "198.51.100.1/32"),
    ],
)
def test_the_visitor_is_as_many_places_from_the_right_as_there_are_proxies(
    forwarded: str, trusted: int, expected: str
) -> None:
    assert found(forwarded, trusted) == expected


def test_on_a_socket_file_nobody_is_known() -> None:
    assert found("", 0, peer=None) is None


def test_a_household_and_a_network_are_counted_as_one() -> None:
    first, second = (client_of({"client": (text, 1)}, [], 0) for text in ("2001:db8:1:2::7", "192.0.2.7"))
    assert first == ("2001:db8:1:2::/64", "2001:db8:1::/48")
    assert second == ("192.0.2.7/32", "192.0.2.0/24")

"""What is counted by cause and by time falls into categories and buckets of closed lists."""

import pytest

from clinic.store.categories import bucket, category


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("rcpt-550", "rcpt"),
        ("too-old", "late"),
        ("seal-broken", "record"),
        ("seal-unknown", "record"),
        ("channel-refused", "channel"),
        ("x", "other"),
    ],
)
def test_causes_have_categories(cause: str, expected: str) -> None:
    assert category(cause) == expected


def test_times_have_buckets() -> None:
    assert [bucket(ms) for ms in (0, 250, 251, 3_600_001)] == ["250", "250", "500", "more"]

"""What an operator is warned of: links that lead nowhere, and visitors that look like one."""

import pytest

from clinic.settings import Settings
from ops.outside import warnings
from tests.support.processes import SECRET

HERE = "http://127.0.0.1:8001"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, [f"PUBLIC_URL: is not set: links in mails lead to the reader's own machine ({HERE})"]),
        (
            {"public_url": "http://localhost:8000"},
            ["PUBLIC_URL: leads to localhost: links in mails lead to the reader"],
        ),
        (
            {"public_url": "https://book.example", "limit_per_address": "9 per hour"},
            ["TRUSTED_PROXIES: is not set: behind a proxy all visitors look like one, and beyond 9 per hour they are"],
        ),
        ({"public_url": "https://book.example", "trusted_proxies": 2}, []),
        ({"public_url": "http://intake.clinic.example"}, []),
    ],
)
def test_each_is_a_line_that_says_what_to_set(given: dict[str, object], told: list[str]) -> None:
    settings = Settings.model_validate({"redis_url": "unix:///s", "frontdesk_secret": SECRET, **given})
    found = warnings(settings, HERE)
    assert len(found) == len(told)
    assert all(line.startswith(begins) for line, begins in zip(found, told, strict=True))


def test_an_intake_that_is_reached_from_elsewhere_needs_no_other_address() -> None:
    settings = Settings.model_validate({"redis_url": "unix:///s", "frontdesk_secret": SECRET})
    assert warnings(settings, "http://192.0.2.7:8000") == []

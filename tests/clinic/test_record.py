"""A record that is written in one go reads as the one that the model would have written."""

from datetime import UTC, datetime

import pytest

from clinic.enquiry import Offered, read_enquiry
from clinic.record import Record, fresh_bytes

FIELDS = {
    "name": 'Zoë "Quoted" O\u2019Hara',
    "email": "zoe@example.com",
    "message": "Line one\nline two \\ \u00e9\U0001f600",
}
OFFERED = Offered(frozenset({"sacro-iliac-joint-pain"}), frozenset({"riverside"}))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"phone": "01632 960456", "contact_by": "either", "site": "riverside", "locale": "cy", "contact_when": "noon"},
    ],
)
@pytest.mark.parametrize("more", [{}, {"unconfirmed": "breaker"}, {"link": "https://x/é", "not_spam": "https://y/"}])
@pytest.mark.parametrize("microsecond", [0, 567_000])
def test_a_fresh_record_is_written_as_its_model_writes_it(
    fields: dict[str, str], more: dict[str, str], microsecond: int
) -> None:
    enquiry = read_enquiry(FIELDS | fields, OFFERED)
    received_at = datetime(2026, 11, 23, 10, 3, 4, microsecond, tzinfo=UTC)
    record = Record.model_validate(
        {"reference": "CFGH3467", "received_at": received_at, "facts": "f" * 16, "enquiry": enquiry, **more}
    )
    written = fresh_bytes("CFGH3467", received_at, "f" * 16, enquiry, **more)
    assert written == record.model_dump_json(exclude_defaults=True).encode()

"""A receipt that is made of a template says what the model says, whoever writes in the same second."""

from datetime import UTC, datetime

import pytest

from clinic.acceptance import Accepted
from clinic.facts import ClinicFacts
from intake.places import Places
from intake.receipt import receipt, receipt_bytes

OPEN = datetime(2026, 11, 23, 10, 3, 4, 567_000, tzinfo=UTC)
CLOSED = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.mark.parametrize("at", [OPEN, CLOSED])
@pytest.mark.parametrize("repeated", [True, False])
def test_a_receipt_in_bytes_is_the_model_s(facts: ClinicFacts, at: datetime, repeated: bool) -> None:
    place = Places(facts).of("")
    for reference in ("CFGH3467", "MNPR3467"):
        accepted, where = Accepted(reference, at, repeated), f'https://é"/enquiries/{reference}'
        assert receipt_bytes(accepted, place, where) == receipt(accepted, place, where).model_dump_json().encode()

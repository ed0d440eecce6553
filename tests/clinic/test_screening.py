"""What is thought of an enquiry holds back no more than it says, and is not forgotten when a limit is exceeded."""

import pytest

from clinic.delivery import Kind
from clinic.screening import CLEAR, Limit, Screening


@pytest.mark.parametrize("kind", Kind)
def test_an_unconfirmed_address_holds_back_the_confirmation_and_nothing_of_reception_s(kind: Kind) -> None:
    cause = Screening(unconfirmed="recipient-limit").suppresses(kind)
    assert cause == ("recipient-limit" if kind is Kind.CONFIRMATION else "")
    assert CLEAR.suppresses(kind) == ""


def test_a_limit_adds_to_what_was_thought_before() -> None:
    seen = Screening(unconfirmed="no-person")
    assert seen.beyond(Limit(b"", quarantines="network")) == Screening("network", "no-person")
    assert Screening("trap").beyond(Limit(b"", unconfirms="breaker")) == Screening("trap", "breaker")

"""A number is dialled by its digits, and the clinic's own must have some."""

import pytest

from clinic.facts import ClinicFacts
from clinic.phone import dialled
from tests.clinic.test_facts import faults


@pytest.mark.parametrize(
    ("phone", "digits"),
    [
        ("01632 960 456", "01632960456"),
        ("+44 (0)1632 960456", "+441632960456"),
        ("(01632) 960-456", "01632960456"),
        ("01632 960456 ext 12", "01632960456"),
        ("01632 960456 #12", "01632960456"),
        ("٠١٦٣٢٩٦٠٤٥٦", "01632960456"),
        ("07700 900123;phone-context=evil", "07700900123"),
        ("999", None),
        ("", None),
        ("call me", None),
        ("1" * 16, None),
    ],
)
def test_only_digits_are_dialled(phone: str, digits: str | None) -> None:
    assert dialled(phone) == digits


@pytest.mark.parametrize(
    "phone",
    [
        *("call us", "Tel. 01632 960123", "12", "01632 960123 / 01632 960124", "0 (zero)", "1" * 16),
        *("01632 960123 (8am to 8pm)", "01632 960123 - 24 hours", "01632 960123 \u2013 24 hours"),
    ],
)
def test_a_number_of_the_clinic_that_nobody_could_dial_is_refused(phone: str) -> None:
    cure = f'"{phone}" can\'t be dialled: write one number, and any words after it'
    assert faults(phone=phone)[0].startswith(f"clinic.toml: phone: {cure}")
    assert cure in faults(site=[{"slug": "riverside", "name": "Riverside", "phone": phone}])[0]


@pytest.mark.parametrize(
    "phone",
    [
        *("111", "12345", "01632 960123 ext. 4", "+44 (0)1632 960123", "(01632) 960-123"),
        *("020 (7946) 0958", "01632 - 960123", "01632 960123 (reception)"),
    ],
)
def test_short_numbers_and_extensions_are_numbers(facts: ClinicFacts, phone: str) -> None:
    assert ClinicFacts.model_validate(facts.model_dump() | {"phone": phone}).phone == phone


def test_facts_that_were_kept_are_read_whatever_their_number(facts: ClinicFacts) -> None:
    kept = facts.model_copy(update={"phone": "call us"}).canonical()
    assert ClinicFacts.model_validate_json(kept).phone == "call us"

"""What a mail may say of a visitor's words: a plain first name, a number to dial, the rest inert."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.enquiry import Enquiry
from clinic.facts import read_facts
from clinic.patient import FIRST_NAME_LENGTH, Patient, first_name, patient_of
from clinic.record import Record
from clinic.settings import ROOT


def patient(**typed: str) -> Patient:
    """Return what mails are given of an enquiry with these values."""
    enquiry = Enquiry.model_validate({"name": "Sam", "email": "sam@example.org", "message": "Hello"} | typed)
    record = Record(reference="CFGH3467", received_at=datetime(2026, 11, 23, tzinfo=UTC), facts="x", enquiry=enquiry)
    return patient_of(record, read_facts(ROOT / "clinic.toml"))


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Sam Okafor", "Sam"),
        ("  zoë  smith", "zoë"),
        ("Zoe\u0308 Smith", "Zoë"),
        ("李小龙", "李小龙"),
        ("X", "X"),
        ("O'Brien-Ní Dhomhnaill", None),
        ("Anne-Marie Smith", None),
        ("Smith, John", None),
        ("J. Smith", None),
        ("Dr Smith", None),
        ("MRS JONES", None),
        ("www", None),
        ("https://evil.test", None),
        ("evil.test", None),
        ("Sam\u202eMas", None),
        ("W1n Money", None),
        ("남궁민수", "남궁민수"),
        ("加微信免费领红包", None),
        ("加QQabcd", None),
        ("a" * 20, "a" * 20),
        ("a" * 21, None),
        ("😀", None),
        ("", None),
        ("   ", None),
    ],
)
def test_only_a_plain_word_greets_a_patient(name: str, first: str | None) -> None:
    assert first_name(name) == first


@settings(deadline=None)
@given(st.text())
def test_a_first_name_is_letters_and_short(name: str) -> None:
    first = first_name(name)
    assert first is None or (first.isalpha() and len(first) <= FIRST_NAME_LENGTH)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("o'neil+tag@sub.example.co.uk", "o'neil+tag@sub.example.co.uk"),
        ("www.evil.test/x@example.org", "www[.]evil[.]test/x@example[.]org"),
        ("javascript:x@example.org", "javascript[:]x@example[.]org"),
    ],
)
def test_a_plain_address_can_be_copied_and_another_is_inert(typed: str, shown: str) -> None:
    assert patient(email=typed).email == shown


def test_whatever_else_was_typed_is_inert_and_stays_in_its_line() -> None:
    shown = patient(name="Sam\nUnverified: no", phone="https://evil.test", contact_when="now\u2028at evil.test")
    assert shown.name == "Sam Unverified: no"
    assert shown.phone == "hxxps[:]//evil[.]test"
    assert shown.contact_when == "now at evil[.]test"


def test_a_condition_is_named_by_the_clinic_and_never_by_the_visitor() -> None:
    assert patient(condition="neck-pain").condition == "Neck pain"
    assert patient(condition="<b>").condition is None

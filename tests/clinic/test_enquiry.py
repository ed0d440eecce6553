"""What is taken from a visitor, and what is refused: each fault at its field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import is_possible_number, parse
from pydantic import ValidationError

from clinic.address import mailable
from clinic.enquiry import Enquiry, Offered, read_enquiry
from clinic.text import Unacceptable

OFFERED = Offered(conditions=frozenset({"neck-pain"}), sites=frozenset({"riverside"}))
GOOD: dict[str, object] = {"name": "Jo", "email": "jo@example.com", "message": "It hurts."}
LOCAL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.!'@%=? "


def read(**fields: object) -> Enquiry:
    return read_enquiry(GOOD | fields, OFFERED)


def faults(**fields: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as caught:
        read(**fields)
    found = {}
    for error in caught.value.errors():
        cause = error.get("ctx", {}).get("error")
        found[str(error["loc"][0])] = cause.fault.value if isinstance(cause, Unacceptable) else error["type"]
    return found


def test_three_fields_make_an_enquiry() -> None:
    assert dict(read()) == GOOD | {
        "contact_by": "email",
        "phone": "",
        "contact_when": "",
        "condition": "",
        "site": "",
        "locale": "en",
    }


def test_what_is_kept_is_read_again_without_being_judged_again() -> None:
    kept = Enquiry.model_validate_json('{"name":"a\\u202e","email":"old","message":"","condition":"no-longer-there"}')
    assert kept.condition == "no-longer-there"


def test_an_enquiry_does_not_change() -> None:
    with pytest.raises(ValidationError):
        read().name = "Eve"


@pytest.mark.parametrize(("typed", "kept"), [("Phone", "phone"), ("EITHER", "either"), (" email ", "email")])
def test_contact_by_is_read_in_any_case(typed: str, kept: str) -> None:
    assert read(contact_by=typed, phone="07700 900123").contact_by == kept


def test_who_wants_a_call_leaves_a_number() -> None:
    assert faults(contact_by="phone") == {"phone": "required"}
    assert faults(contact_by="phone", phone="  ") == {"phone": "required"}
    assert read(contact_by="phone", phone="01632 960123").phone == "01632 960123"
    assert read(contact_by="either").phone == ""


@pytest.mark.parametrize(("typed", "kept"), [("en-GB", "en"), ("cy", "cy"), ("CY-gb", "cy"), ("cy_GB", "cy")])
def test_a_locale_is_kept_as_its_language(typed: str, kept: str) -> None:
    assert read(locale=typed).locale == kept


def test_a_program_is_told_of_a_language_that_we_do_not_speak() -> None:
    assert faults(locale="fr_FR") == {"locale": "literal_error"}


def test_only_what_the_clinic_offers_may_be_asked_for() -> None:
    assert read(condition="neck-pain", site=" riverside ").site == "riverside"
    assert faults(condition="riverside", site="neck-pain") == {"condition": "choice", "site": "choice"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("jo@example.com", "jo@example.com"),
        ("  jo@example.com ", "jo@example.com"),
        ("j\u200bo@example.com\ufeff", "jo@example.com"),
        ("Jo.O'Neil+tag@Sub.Example.CO.UK", "Jo.O'Neil+tag@sub.example.co.uk"),
        ("jo@b\u00fccher.example", "jo@xn--bcher-kva.example"),
    ],
)
def test_an_email_address_is_kept_as_mail_needs_it(typed: str, kept: str) -> None:
    assert read(email=typed).email == kept


@pytest.mark.parametrize("local", ["=?utf-8?q?x?=", "jo=?utf-8?b?eA==?=", "=?utf-8?q?=0a?="])
def test_an_email_address_that_a_mail_would_read_as_another_text_is_refused(local: str) -> None:
    assert faults(email=f"{local}@x.test") == {"email": "email"}
    assert read(email="jo=?a=b@x.test").email == "jo=?a=b@x.test"


@pytest.mark.parametrize("local", ["victim%elsewhere.test", "elsewhere.test!victim", "a!b!c"])
def test_an_email_address_that_asks_a_mail_server_to_pass_a_mail_on_is_refused(local: str) -> None:
    assert faults(email=f"{local}@x.test") == {"email": "email"}


@given(
    st.text(LOCAL, min_size=1, max_size=70),
    st.sampled_from(["example.com", "EXAMPLE.co.uk", "-x.test", "x", "x.test."]),
)
def test_the_short_way_for_plain_addresses_agrees_with_the_library(local: str, domain: str) -> None:
    address = f"{local}@{domain}".strip(" ")
    local = address.rpartition("@")[0]
    expected: str | None
    try:
        expected = mailable(address) if len(local) <= 64 and "%" not in local and "!" not in local[1:] else None
    except ValueError:
        expected = None
    try:
        assert read(email=address).email == expected
    except ValidationError:
        assert expected is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("+44 (0)20  7946 0018", "+44 (0)20 7946 0018"),
        ("07700900123", "07700900123"),
        ("(01632) 960-123", "(01632) 960-123"),
        ("\u202a+44 7700 900123\u202c", "+44 7700 900123"),
        ("07700 900123 (after 6)", "07700 900123 (after 6)"),
        ("01632 960123 ext 45", "01632 960123 ext 45"),
    ],
)
def test_a_phone_number_is_kept_as_typed(typed: str, kept: str) -> None:
    assert read(phone=typed).phone == kept


@pytest.mark.parametrize("typed", ["none", "12", "0" * 20, "07700 900123\n", "1" * 33])
def test_what_nobody_can_ring_is_refused(typed: str) -> None:
    assert "phone" in faults(phone=typed)


@pytest.mark.parametrize("typed", ["1234", "123456789", "0770090012", "07700 90012 (mobile)"])
@pytest.mark.parametrize("contact_by", ["phone", "either", "email"])
def test_a_number_that_is_not_whole_is_refused(typed: str, contact_by: str) -> None:
    assert faults(phone=typed, contact_by=contact_by) == {"phone": "phone"}


@given(
    st.from_regex(r"\(?0[ ().-]{0,2}[1-9]([ ().-]{0,2}[0-9]){9}", fullmatch=True).filter(lambda text: len(text) <= 32)
)
def test_the_short_way_for_british_numbers_agrees_with_the_library(number: str) -> None:
    assert read(phone=number).phone
    assert is_possible_number(parse(number, "GB"))


@pytest.mark.parametrize("value", [1, None, True, [], {}])
@pytest.mark.parametrize("field", Enquiry.model_fields)
def test_every_field_is_a_text(field: str, value: object) -> None:
    assert list(faults(**{field: value})) == [field]


def test_a_field_that_is_not_known_is_refused() -> None:
    assert faults(bcc="eve@example.com") == {"bcc": "extra_forbidden"}

"""Faults of an enquiry are said in words for its fields, and never in those of the visitor."""

import json

import pytest
from pydantic import ValidationError

from clinic.enquiry import Enquiry, Offered, read_enquiry
from clinic.text import FieldFault
from intake.faults import field_problems
from intake.wording import MESSAGES, message

NOTHING = Offered(frozenset(), frozenset())


def problems(fields: dict[str, object]) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as caught:
        read_enquiry(fields, NOTHING)
    return [(problem.field, problem.code) for problem in field_problems(caught.value)]


def test_missing_fields_are_required() -> None:
    assert problems({}) == [("name", "required"), ("email", "required"), ("message", "required")]


def test_a_strangers_field_name_goes_back_only_where_it_is_plain() -> None:
    good: dict[str, object] = {"name": "Jo", "email": "jo@example.com", "message": "m"}
    assert problems(good | {"is_admin": "1"}) == [("is_admin", "unknown_field")]
    assert problems(good | {"<script>": "1"}) == [("?", "unknown_field")]


def test_no_message_repeats_what_was_sent() -> None:
    with pytest.raises(ValidationError) as caught:
        read_enquiry(dict.fromkeys(Enquiry.model_fields, "canary\0"), NOTHING)
    assert "canary" not in json.dumps([problem.model_dump() for problem in field_problems(caught.value)])


@pytest.mark.parametrize("fault", FieldFault)
def test_every_fault_has_words_for_every_field(fault: FieldFault) -> None:
    # Of pairs that can't be today as well: a field to come is never without words.
    assert all(message(field, fault) for field in (*Enquiry.model_fields, "?"))


def test_words_are_for_fields_that_exist() -> None:
    assert {field for field, _ in MESSAGES} <= set(Enquiry.model_fields)

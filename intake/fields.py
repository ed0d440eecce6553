"""Fields: the names and values in a body, read strictly, whichever way it was written."""

import json
from typing import NoReturn
from urllib.parse import parse_qsl

from clinic.enquiry import Enquiry
from clinic.languages import LOCALES, language_of
from intake.door import TRAP
from intake.limits import FIELDS
from intake.problem import EMPTY, NOT_AN_OBJECT, TOO_MANY_FIELDS, TWICE, UNREADABLE
from intake.proofs import FIELD as PROOF
from intake.refusal import Refusal

NONCE = "nonce"
VIEW = "view"
# What a form in a frame says of itself, so that every answer to it may be shown there.
FRAME = "frame"
BESIDE = (NONCE, TRAP, VIEW, PROOF)
KNOWN = frozenset((*Enquiry.model_fields, *BESIDE))
# Who marks an enquiry as contacted.
BY = "by"
KNOWN_TO_STAFF = frozenset((BY, "name", "password", "note", "sure", "to", "reference"))


def json_fields(body: bytes) -> dict[str, object]:
    """Return the members of a JSON object; raise Refusal for anything else."""
    try:
        document = _DECODER.decode(_text(body))
    except (ValueError, RecursionError):  # RecursionError: brackets nested deeper than any enquiry is
        raise Refusal(UNREADABLE) from None
    if not isinstance(document, dict):
        raise Refusal(NOT_AN_OBJECT)
    return document


def form_fields(body: bytes) -> dict[str, str]:
    """Return the fields of the form that we know; those that a website adds are not looked at. Raise Refusal."""
    return _pairs(_text(body), KNOWN)


def _pairs(text: str, known: frozenset[str]) -> dict[str, str]:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
    except UnicodeDecodeError:
        raise Refusal(UNREADABLE) from None
    except ValueError:  # the one other fault that parse_qsl knows
        raise Refusal(TOO_MANY_FIELDS) from None
    fields: dict[str, str] = {}
    for name, value in pairs:
        if name in fields:
            raise Refusal(TWICE)
        if name in known:
            fields[name] = value
    return fields


def plain_fields(body: bytes) -> dict[str, str]:
    """Return the fields of a form of staff's, empty where nothing was sent; raise Refusal."""
    return _pairs(_text(body), KNOWN_TO_STAFF) if body else {}


def filled(fields: dict[str, str]) -> dict[str, object]:
    """Return the fields of a form that someone wrote into: a browser sends the empty ones as well.

    The language is a website's to say, not a patient's: one that we do not speak refuses nobody.
    """
    spoken = language_of(fields.get("locale", "")) in LOCALES
    return {
        name: value
        for name, value in fields.items()
        if name not in BESIDE and value.strip() and (spoken or name != "locale")
    }


def _text(body: bytes) -> str:
    if not body:
        raise Refusal(EMPTY)
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refusal(UNREADABLE) from None


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refusal(TWICE)
    if len(members) > FIELDS:
        raise Refusal(TOO_MANY_FIELDS)
    return members


def _no_constant(_name: str) -> NoReturn:
    raise Refusal(UNREADABLE)


# pydantic's own JSON reader keeps the last of two equal keys, and can't be told to refuse them.
_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_no_constant)

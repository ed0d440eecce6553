"""Faults: what is wrong with the fields, in the closed list of codes and in words that say how to mend it."""

import re

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from clinic.languages import Locale
from clinic.text import FieldFault, Unacceptable
from intake.refusal import FieldProblem
from intake.wording import message

# A field we do not know was named by a stranger: the name goes back only where it is plainly a name.
PLAIN_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{1,40}")
TYPES = {
    "missing": FieldFault.REQUIRED,
    "literal_error": FieldFault.CHOICE,
    "string_unicode": FieldFault.CHARACTERS,
    "extra_forbidden": FieldFault.UNKNOWN_FIELD,
}


def field_problems(error: ValidationError, locale: Locale = "en") -> list[FieldProblem]:
    """Return one problem for each fault, in the order of the form."""
    found = error.errors(include_url=False, include_input=False)
    return [_problem(details["loc"], _fault(details), locale) for details in found]


def _fault(details: ErrorDetails) -> FieldFault:
    if details["type"] == "value_error":
        cause = details["ctx"]["error"]
        if isinstance(cause, Unacceptable):
            return cause.fault
    return TYPES.get(details["type"], FieldFault.TYPE)


def _problem(location: tuple[int | str, ...], fault: FieldFault, locale: Locale) -> FieldProblem:
    # A name that is no Unicode text has no location.
    name = str(location[0]) if location else "?"
    if fault is FieldFault.UNKNOWN_FIELD and not PLAIN_NAME.fullmatch(name):
        name = "?"
    return FieldProblem(field=name, code=fault, message=message(name, fault, locale))

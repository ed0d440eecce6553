"""Faults in plain words: what is wrong with a value and what to write, where pydantic speaks of Python's types."""

from typing import TYPE_CHECKING

from pydantic import ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

# By the first part of a fault's type; what is in braces is pydantic's.
WORDS = {
    "missing": "is not set",
    "string_type": 'is not a text: write it in quotation marks, "like this"',
    "string_too_short": "is empty: write something between the quotation marks",
    "string_too_long": "is too long: write {max_length} characters at most",
    "bool": "write true or false, without quotation marks",
    "int": "write a whole number in digits, such as 20",
    "greater_than_equal": "is too small: write {ge} or more",
    "less_than_equal": "is too large: write {le} or less",
    "date": "is not a date: write year, month and day, such as 2026-12-24",
    "too_short": "is empty: write at least {min_length}",
    "too_long": "holds {actual_length}: write {max_length} at most",
    "literal_error": "write {expected}",
}


def genuine(error: ValidationError) -> "list[ErrorDetails]":
    """Return the faults without those that only follow from others; the `input` of each may be a secret."""
    faults = error.errors(include_url=False)
    places = [fault["loc"] for fault in faults]
    # A list whose one entry is wrong is said to be empty too.
    return [
        fault
        for fault in faults
        if not (fault["type"] == "too_short" and any(_within(fault["loc"], place) for place in places))
        and fault["type"] != "is_instance_of"
    ]


def plain(fault: "ErrorDetails") -> str:
    """Return what is wrong and what to write; nothing of what was written, but what a check of ours says of it."""
    kind = fault["type"]
    words = WORDS.get(kind) or WORDS.get(kind.split("_")[0])
    if words is None:
        return fault["msg"].removeprefix("Value error, ")
    context = {name: str(value).replace("'", '"') for name, value in fault.get("ctx", {}).items()}
    return words.format_map(context)


def _within(outer: tuple[int | str, ...], place: tuple[int | str, ...]) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer

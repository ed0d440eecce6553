"""A log is lines of ASCII, and shows of an object no more than its `repr`."""

import json
from dataclasses import dataclass

import pytest
from pydantic import BaseModel, Field
from structlog.processors import JSONRenderer

from clinic.logs import _json


@dataclass(repr=False)
class Hidden:
    """What it holds is not to be seen."""

    name: str


class Model(BaseModel):
    """Nor is this."""

    name: str = Field(repr=False)


def line(value: object) -> str:
    written = JSONRenderer(_json)(None, "info", {"event": "x", "value": value})
    assert isinstance(written, str)
    return written


WORDS = ["word", "\u0175 \u2028 \x85", "\ud800", "a\nb"]


@pytest.mark.parametrize("value", [*WORDS, 3, 0.5, True, None, [], ["a"], {"a": None}])
def test_a_line_says_what_the_standard_library_says_and_is_ascii(value: object) -> None:
    assert json.loads(line(value)) == {"event": "x", "value": value}
    assert line(value).isascii()


@pytest.mark.parametrize("value", [Hidden("Sam"), Model(name="Sam"), [Hidden("Sam")], {"a": Model(name="Sam")}])
def test_an_object_shows_no_more_than_its_repr(value: object) -> None:
    assert "Sam" not in line(value)

"""A reference is understood however it is typed, and what is none is refused with how one looks."""

import pytest

from clinic.errors import ConfigurationError
from ops.reference import typed_reference


def test_a_reference_is_understood_however_it_is_typed() -> None:
    assert typed_reference("cfgh 3467") == typed_reference("CFGH3467") == "CFGH3467"


def test_what_is_no_reference_is_refused_with_how_one_looks() -> None:
    with pytest.raises(ConfigurationError) as refused:
        typed_reference("CFGH")
    assert str(refused.value) == "'CFGH' is no reference: it has 8 characters, such as CFGH 3467"

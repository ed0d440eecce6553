"""Arguments that several commands take: a reference is typed as it was printed, in one word or in several."""

import pytest

from clinic.errors import ConfigurationError
from tests.ops.command_line import run

pytestmark = pytest.mark.usefixtures("given")


@pytest.mark.parametrize(
    "words", [["replay", "--yes"], ["resolve", "--yes"], ["release"], ["export"], ["erase", "--yes"]]
)
def test_a_reference_is_taken_as_it_was_copied(words: list[str]) -> None:
    command, *options = words
    told = run(command, "cfgh", "3467", *options)
    assert isinstance(told.exception, ConfigurationError), told.output
    assert "cfgh 3467" in str(told.exception).lower()
    assert "no reference" not in str(told.exception)

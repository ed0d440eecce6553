"""A phone number is taken in every notation, and one with a digit or its area missing in none."""

import pytest

from clinic.numbering import could_be_rung


@pytest.mark.parametrize(
    "text",
    [
        *("07700 900123", "7700 900123", "01632 960123", "020 7946 0018", "0300 123 4567", "441632960123"),
        *("+44 (0)20 7946 0018", "+44 07700 900123", "0044 7700 900123", "01632 960123 ext 45", "01632 960123 x45"),
        *("07700 900123 (mobile)", "0770090012 or 01632 960123", "mornings 07700 900123", "07700(900123"),
    ],
)
def test_a_whole_british_number_can_be_rung(text: str) -> None:
    assert could_be_rung(text)


@pytest.mark.parametrize("text", ["016977 2345", "01204 62345", "0800 123456", "0800 1111", "0845 46 47"])
def test_the_few_british_numbers_that_are_shorter_can_be_rung(text: str) -> None:
    assert could_be_rung(text)


@pytest.mark.parametrize(
    "text", ["+353 1 234 5678", "+49 30 123456", "+1 202 555 0143", "00 353 1 234 5678", "+290 51234"]
)
def test_a_number_from_abroad_can_be_rung(text: str) -> None:
    assert could_be_rung(text)


@pytest.mark.parametrize(
    "text",
    [
        *("0770090012", "07700 90012", "770090012", "+44 770090012", "07700 90012 (mobile)", "0770090012 ext 4"),
        *("0163296012", "020 7946 001", "030 012 3456", "123456789", "+44 (0)20 7946 001"),
    ],
)
def test_a_british_number_with_a_digit_missing_is_none(text: str) -> None:
    assert not could_be_rung(text)


@pytest.mark.parametrize("text", ["087 123 4567", "085 123 4567", "+353 87 123 4567"])
def test_an_irish_mobile_can_be_rung_as_they_write_it_at_home(text: str) -> None:
    assert could_be_rung(text)


@pytest.mark.parametrize("text", ["077009001234", "01632 9601234"])
def test_a_british_number_with_a_digit_too_many_is_none(text: str) -> None:
    assert not could_be_rung(text)


@pytest.mark.parametrize("text", ["1234", "12345", "960123", "960 123 (home)", "116 123", "+1 5551234"])
def test_a_number_without_its_area_is_none(text: str) -> None:
    assert not could_be_rung(text)


@pytest.mark.parametrize("text", ["none", "+", "12", "999", "0" * 20, "call me"])
def test_what_has_no_number_in_it_is_none(text: str) -> None:
    assert not could_be_rung(text)

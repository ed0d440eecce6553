"""Phone numbers: whether one that a patient typed could be rung, in whatever notation it is."""

from contextlib import suppress

from phonenumbers import (
    Leniency,
    NumberParseException,
    PhoneNumber,
    PhoneNumberMatcher,
    ValidationResult,
    is_possible_number_with_reason,
    is_valid_number,
    parse,
)

REGION, COUNTRY_CODE, DIGITS = "GB", 44, 10


def could_be_rung(text: str) -> bool:
    """Return whether there is a whole number in the text: "07700 900123 (mobile)"."""
    numbers = [found.number for found in PhoneNumberMatcher(text, REGION, leniency=Leniency.POSSIBLE)]
    # This way more marks may stand between the digits, but letters are digits, as on the keys of a telephone.
    if not any(map(str.isalpha, text)):
        with suppress(NumberParseException):
            numbers.append(parse(text, REGION))
    return any(map(_whole, numbers))


def _whole(number: PhoneNumber) -> bool:
    """Return whether neither its area nor a digit is missing, as far as its length tells.

    Of British numbers with all their digits more can be rung than the library has as valid: it knows no ranges that are
    new, nor those for examples. The shorter ones are few and old (016977 2345, 0800 1111), and it knows them all; any
    other is one from which a digit was left out, or Irish.
    """
    if is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        return False
    whole = number.country_code != COUNTRY_CODE or len(str(number.national_number)) == DIGITS
    return whole or is_valid_number(number) or _is_irish_mobile(str(number.national_number))


def _is_irish_mobile(national: str) -> bool:
    """Return whether it is one as it is written across the border of Northern Ireland: 087 123 4567."""
    return national.startswith("8") and is_valid_number(parse("0" + national, "IE"))

"""Telephone numbers: what is dialled of one as it is written, and that the clinic's own can be dialled."""

import re
import unicodedata

from pydantic import ValidationInfo

EXTENSION = re.compile(r"[^\W\d_]|#")
SEVERAL = re.compile(r"[/,;&|]")
# Digits in brackets after the number, or after a dash between spaces, would be dialled with it: "(8am to 8pm)".
MORE = re.compile(r"\d[\d\s]{5,}(\(|\s[-\u2013]\s)\s*\d")
SHORTEST, LONGEST = 6, 15  # ITU-T E.164, section 6
# A number of the clinic's own may be an exchange's, or a short code.
OWN_SHORTEST = 3


def dialled(phone: str, shortest: int = SHORTEST) -> str | None:
    """Return the digits to dial, with a leading + kept (RFC 3966), or None for what is no number of so many digits.

    What follows a letter or # is an extension, and the (0) after a country code is not dialled. Shorter numbers are
    left out: a visitor's 999 must not be one tap away.
    """
    main = _main(phone)
    digits = "".join(str(unicodedata.decimal(char)) for char in main if char.isdecimal())
    if not shortest <= len(digits) <= LONGEST:
        return None
    return f"+{digits}" if main.strip().startswith("+") else digits


def _main(phone: str) -> str:
    return EXTENSION.split(phone.replace("(0)", "") if "+" in phone else phone)[0]


def dialable(phone: str, info: ValidationInfo) -> str:
    """Return a number of the clinic's own, or raise ValueError where nobody could dial it."""
    # Facts that were kept (JSON) passed the rules of their day, and enquiries still hang on them.
    main = _main(phone)
    if info.mode == "python" and (SEVERAL.search(main) or MORE.search(main) or not dialled(phone, OWN_SHORTEST)):
        raise ValueError(
            f'"{phone}" can\'t be dialled: write one number, and any words after it, '
            'such as "01632 960123" or "01632 960123 ext. 4"'
        )
    return phone

"""The reference: the eight characters that a patient reads out on the telephone."""

import os
import re

# No vowels (no accidental words) and no look-alikes (0 O Q D, 1 I L, 2 Z, 5 S, 8 B): 19 ** 8 = 17 thousand million.
ALPHABET = "CFGHJKMNPRTVWXY3467"
LENGTH = 8
PATTERN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
PAIRS = [one + other for one in ALPHABET for other in ALPHABET]


def new_reference() -> str:
    """Return a random reference; the store refuses one that is taken, so uniqueness is not luck."""
    # Of 64 random bits: the first references are more likely than the last by a thousand millionth.
    number, first = divmod(int.from_bytes(os.urandom(8), "big") % len(PAIRS) ** 4, len(PAIRS))
    number, second = divmod(number, len(PAIRS))
    fourth, third = divmod(number, len(PAIRS))
    return PAIRS[first] + PAIRS[second] + PAIRS[third] + PAIRS[fourth]


def parse_reference(typed: str) -> str | None:
    """Return the reference that a person typed or read out (any case, spaces and hyphens), or None if it is none."""
    squeezed = re.sub(r"[\s-]", "", typed).upper()
    return squeezed if PATTERN.fullmatch(squeezed) else None


def spaced(reference: str) -> str:
    """Return a reference as people read it, in two groups: "CFGH 3467"."""
    return f"{reference[:4]} {reference[4:]}"

"""The reference: the eight characters that a patient reads out on the telephone."""

import os
import re

# No vowels (no accidental words) and no look-alikes (0 O Q D, 1 I L, 2 Z, 5 S, 8 B): 19 ** 8 = 17 thousand million.
ALPHABET = "CFGHJKMNPRTVWXY3467"
NEVER = "".join(sign for sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" if sign not in ALPHABET)
LENGTH = 8
PATTERN = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
# What becomes of a random byte; those that would make the first letters likelier than the last are left out.
LETTERS = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
UNEVEN = bytes(range(256 - 256 % len(ALPHABET), 256))


def new_reference() -> str:
    """Return a random reference; the store refuses one that is taken, so uniqueness is not luck."""
    while True:
        reference = os.urandom(LENGTH + 8).translate(LETTERS, UNEVEN)[:LENGTH]
        if len(reference) == LENGTH:
            return reference.decode()


def parse_reference(typed: str) -> str | None:
    """Return the reference that a person typed or read out (any case, spaces and hyphens), or None if it is none."""
    squeezed = re.sub(r"[\s-]", "", typed).upper()
    return squeezed if PATTERN.fullmatch(squeezed) else None


def spaced(reference: str) -> str:
    """Return a reference as people read it, in two groups: "CFGH 3467"."""
    return f"{reference[:4]} {reference[4:]}"

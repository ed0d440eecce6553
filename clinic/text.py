"""Text rules: what a person may type into a field, and the one form in which we keep it."""

import re
from enum import StrEnum
from unicodedata import category, normalize

# More marks on one letter than any script stacks (eight, in Tibetan) are a flood; NFC sorts a run of n in n² steps.
MARKS_AT_MOST = 10
# A family emoji is one character of seven code points; nothing that people write has more than this on average.
CODE_POINTS_PER_CHARACTER = 10
JOINERS = "\u200c\u200d"
DIRECTION_MARKS = "\u061c\u200e\u200f"
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
BLACK_FLAG = "\U0001f3f4"
# What telephones and word processors put around a copied address or number; overrides (U+202D, U+202E) they do not.
PASTE_MARKS = dict.fromkeys(
    map(ord, "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u202a\u202c\u2066\u2068\u2069\ufeff")
)
LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")


class FieldFault(StrEnum):
    """What can be wrong with a field, in the words of the interface; the list is closed."""

    REQUIRED = "required"
    TYPE = "type"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    EMAIL = "email"
    PHONE = "phone"
    CHOICE = "choice"
    UNKNOWN_FIELD = "unknown_field"


class Unacceptable(ValueError):
    """A value breaks a rule; it carries the fault and never the value."""

    def __init__(self, fault: FieldFault) -> None:
        self.fault = fault
        super().__init__(fault.value)


def single_line(value: str, limit: int) -> str:
    """Return one line in NFC, trimmed, its spaces single; raise Unacceptable.

    Control, format and line-separating characters are refused (they forge lines and reorder text), save the joiners
    that emoji and some scripts are written with. `limit` counts characters as `length` does.
    """
    if not (value.isascii() and value.isprintable()):
        value = _normalised(value, limit, allowed="", drop_formats=False)
    return _measured(" ".join(value.split()), limit)


def many_lines(value: str, limit: int) -> str:
    """Return lines in NFC that end in LF, trimmed as a whole; raise Unacceptable.

    Tabs and line ends are the only controls. Invisible format characters come along when people paste, so they are
    left out rather than refused; direction marks stay, as right-to-left writing needs them.
    """
    value = LINE_ENDS.sub("\n", value)
    if not (value.isascii() and value.replace("\n", "").replace("\t", "").isprintable()):
        value = _normalised(value, limit, allowed="\t\n", drop_formats=True)
    return _measured(value.strip(), limit)


def visible(value: str) -> str:
    """Return the value if there is something to see in it; raise Unacceptable."""
    # What people write begins with something to see.
    if (value and _can_be_seen(value[0])) or any(_can_be_seen(char) for char in value):
        return value
    raise Unacceptable(FieldFault.REQUIRED)


def without_paste_marks(value: str) -> str:
    """Return the value without the invisible characters that come along when an address or a number is copied."""
    return value if value.isascii() else value.translate(PASTE_MARKS)


def length(value: str) -> int:
    """Return how many characters a reader counts: grapheme clusters (UAX #29), near enough, in linear time."""
    count, previous, flags = 0, "", 0
    for char in value:
        kind = category(char)
        flags = flags + 1 if "\U0001f1e6" <= char <= "\U0001f1ff" else 0
        joined = previous == "\u200d" and kind in {"So", "Cn"}
        extends = kind[0] == "M" or kind == "Cf" or "\U0001f3fb" <= char <= "\U0001f3ff"
        second_of_a_flag = flags and flags % 2 == 0
        count += not (joined or extends or second_of_a_flag)
        previous = char
    return count


def _can_be_seen(char: str) -> bool:
    kind = category(char)
    # Emoji younger than this Python's Unicode tables count as not assigned (Cn).
    return (kind[0] in "LNPS" or kind in {"Cn", "Co"}) and char not in BLANK_LETTERS


def _measured(value: str, limit: int) -> str:
    if len(value) > limit and (value.isascii() or length(value) > limit):
        raise Unacceptable(FieldFault.TOO_LONG)
    return value


def _normalised(value: str, limit: int, *, allowed: str, drop_formats: bool) -> str:
    """Check each character before NFC sees any, for NFC of a flood of marks takes seconds."""
    if len(value) > limit * CODE_POINTS_PER_CHARACTER:
        raise Unacceptable(FieldFault.TOO_LONG)
    kept: list[str] = []
    marks, previous = 0, ""
    for char in value:
        kind = category(char)
        marks = marks + 1 if kind[0] == "M" else 0
        if (
            marks > MARKS_AT_MOST
            or (kind in {"Cc", "Cs", "Zl", "Zp"} and char not in allowed)
            or _is_noncharacter(char)
        ):
            raise Unacceptable(FieldFault.CHARACTERS)
        if kind == "Cf" and not _belongs(char, previous):
            if not drop_formats:
                raise Unacceptable(FieldFault.CHARACTERS)
            if char not in DIRECTION_MARKS:
                continue
        kept.append(char)
        previous = char
    return normalize("NFC", "".join(kept))


def _belongs(char: str, previous: str) -> bool:
    """Return whether a format character is part of how something is written: a joined emoji, a ligature, a flag."""
    if char in JOINERS:
        return not previous.isascii() and category(previous)[0] in "LMS"
    is_tag = "\U000e0020" <= char <= "\U000e007f"
    return is_tag and (previous == BLACK_FLAG or "\U000e0020" <= previous <= "\U000e007f")


def _is_noncharacter(char: str) -> bool:
    """Return whether Unicode reserves a code point for ever (section 23.7); those not yet assigned may be new emoji."""
    return "\ufdd0" <= char <= "\ufdef" or ord(char) & 0xFFFE == 0xFFFE

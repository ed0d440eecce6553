"""Says what is wrong with a piece of hours that cannot be read."""

import re

from clinic.hours.errors import Fault
from clinic.hours.guess import DASHES

_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
# Looked for in this order; the first that is found names the place and the problem.
_KNOWN = (
    (rf"[{DASHES}]", "a long dash is not a hyphen"),
    (r"(?i)\bPH\b", "bank holidays have their own settings: bank_holidays and bank_holiday_hours"),
    (r"(?i)\bSH\b", "school holidays are not known here: give the dates in [[closure]] or [[special_hours]]"),
    (r"(?i)\b(?:sunrise|sunset|dawn|dusk)\b", "hours by the sun are not known here: give clock times"),
    (r"(?i)\beaster\b", "Easter is a bank holiday already; other days go in [[closure]] or [[special_hours]]"),
    (rf"(?i)\b(?:(?:19|20)\d\d\s|(?:{_MONTHS})[a-z]*\b)", "dates go in [[closure]] or [[special_hours]], not here"),
    (r"(?i)\bweek\b|\[", "the hours must be the same every week; other days go in [[special_hours]]"),
    (r"(?i)\d+\s*(?:am|pm)\b|\b(?:midday|noon|midnight)\b", "times are written by the 24-hour clock"),
    (r"\+", "hours need an end"),
    (r'"[^"]*"|"', "notes for patients go in [[closure]] or [[special_hours]], not here"),
    (r"\|\|", "a fallback has no meaning here"),
    (r"(?i)\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b", "days are written Mo, Tu, We, Th, Fr, Sa, Su"),
    (r"\b(?:mo|tu|we|th|fr|sa|su|MO|TU|WE|TH|FR|SA|SU)\b", "days are written Mo, Tu, We, Th, Fr, Sa, Su"),
    (r"(?<![\d:])\d(?::\d\d)", "times have two digits for the hour"),
    (r"(?<![\d:])\d{1,2}(?![\d:])", "times have hours and minutes"),
    (r"\d,?\s+[A-Z]", 'rules are joined by ";"'),
    (r"\s\s|[^\S ]", "one space goes between days and hours"),
    (r"\s(?:-|,)|(?:-|,)\s", "there is a space too many"),
)


def why_refused(text: str, start: int, end: int, meant: str | None, *, times_only: bool = False) -> Fault:
    """A fault for the part of `text` between `start` and `end`, which is known to be unreadable.

    `meant` is a valid text that the owner may have meant; without it the fix is an example.
    """
    fix = f'"{meant}"' if meant else _example(times_only)
    part = text[start:end]
    if not part:
        what = "nothing is written here" if not text.strip() else 'there is nothing after ";" or between two of them'
        return Fault(text, min(start, max(0, len(text) - 1)), end, what, fix)
    for pattern, problem in _KNOWN:
        match = re.search(pattern, part)
        if match:
            return Fault(text, start + match.start(), start + match.end(), problem, fix)
    if re.fullmatch(r"[\d:,\s-]+", part) and not times_only:
        return Fault(text, start, end, "which days? hours need them", fix)
    if part in ("off", "closed") and not times_only:
        return Fault(text, start, end, "which days? this word needs them", f'"Su {part}", for example')
    if re.fullmatch(r"[A-Za-z,-]+", part) and not times_only:
        return Fault(text, start, end, "which hours? days need them", f'"{part} 08:00-20:00" or "{part} off"')
    return Fault(text, start, end, "these hours cannot be read", fix)


def _example(times_only: bool) -> str:
    return '"10:00-14:00", for example' if times_only else '"Mo-Sa 08:00-20:00", for example'

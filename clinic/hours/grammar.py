"""Reads the hours an owner writes and points at what is wrong, before the engine sees them.

The engine accepts much that means something else than it says: "08:00-25:00", "20:00-08:00", "SH off" (no effect),
"Mo-Fr 08:00-12:00; Mo-Fr 14:00-18:00" (only the afternoon). So the clinic's file takes a plain part of the OSM grammar
(https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification): rules of weekdays and times, joined by ";".
"""

import re
from collections.abc import Iterator

from clinic.hours.engine import can_read
from clinic.hours.errors import Fault
from clinic.hours.guess import guessed_times, guessed_week
from clinic.hours.interval import MINUTES_IN_A_DAY, TimeRange, clock
from clinic.hours.refusals import why_refused
from clinic.hours.week import WEEKDAYS

_DAY = f"(?:{'|'.join(WEEKDAYS)})"
_DAYS = re.compile(rf"{_DAY}(?:-{_DAY})?(?:,{_DAY}(?:-{_DAY})?)*")
_TIME = r"\d\d:\d\d"
_TIMES = re.compile(rf"{_TIME}-{_TIME}(?:,{_TIME}-{_TIME})*")
_ONE_RANGE = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
_ONE_DAY_ITEM = re.compile(r"(\w\w)(?:-(\w\w))?")
_ALWAYS = "24/7"


def week_fault(text: str, *, guess: bool = True) -> Fault | None:
    """What is wrong with the hours of a week ("Mo-Sa 08:00-20:00; Su off"), or None.

    The fix is a guess at what was meant, when one can be made that has no fault itself; without `guess` an example.
    """
    if text.strip() == _ALWAYS:
        return None
    named: dict[int, str] = {}
    at = 0
    for rule in text.split(";"):
        start = at + len(rule) - len(rule.lstrip())
        at += len(rule) + 1
        fault = _rule_fault(text, rule.strip(), start, named, guess)
        if fault is not None:
            return fault
    if all(hours == "off" for hours in named.values()):
        return Fault(text, 0, len(text), "these hours never open", '"Mo-Sa 08:00-20:00", for example')
    # A last question to the engine: nothing that it cannot read gets past this point.
    return None if can_read(text) else Fault(text, 0, len(text), "these hours cannot be read")


def times_fault(text: str, *, guess: bool = True) -> Fault | None:
    """What is wrong with the hours of a day ("08:00-12:30,13:30-20:00"), or None; `guess` as above."""
    plain = text.strip()
    start = text.index(plain)
    if not _TIMES.fullmatch(plain):
        meant = guessed_times(text) if guess else None
        if meant is not None and times_fault(meant, guess=False):
            meant = None
        return why_refused(text, start, start + len(plain), meant, times_only=True)
    return _ranges_fault(text, plain, start)


def times_of(text: str) -> tuple[TimeRange, ...]:
    """The ranges of a text that `times_fault` has passed, in the order of the day."""
    return tuple(sorted(hours for hours, _start, _end in _ranges(text.strip(), 0)))


def _rule_fault(text: str, rule: str, start: int, named: dict[int, str], guess: bool) -> Fault | None:
    days, _, hours = rule.partition(" ")
    hours_start = start + len(rule) - len(hours)
    if not _DAYS.fullmatch(days) or not (hours in ("off", "closed") or _TIMES.fullmatch(hours)):
        meant = guessed_week(text) if guess else None
        if meant is not None and week_fault(meant, guess=False):
            meant = None
        return why_refused(text, start, start + len(rule), meant)
    closed = hours in ("off", "closed")
    for item in _ONE_DAY_ITEM.finditer(days):
        where = (start + item.start(), start + item.end())
        if item[1] == item[2]:
            return Fault(text, *where, "a range of days needs two different days", f'"{item[1]}"')
        for weekday in _weekdays(item[1], item[2] or item[1]):
            earlier = named.get(weekday)
            if earlier is not None and (not closed or earlier == "off"):
                return _named_twice(text, where, item[0], weekday, earlier, hours)
            named[weekday] = "off" if closed else hours
    return None if closed else _ranges_fault(text, hours, hours_start)


def _weekdays(first: str, last: str) -> Iterator[int]:
    """From `first` to `last`, over the end of the week when need be: Sa-Mo is Sa, Su, Mo."""
    begin, count = WEEKDAYS.index(first), (WEEKDAYS.index(last) - WEEKDAYS.index(first)) % 7 + 1
    return ((begin + step) % 7 for step in range(count))


def _named_twice(text: str, where: tuple[int, int], item: str, weekday: int, earlier: str, hours: str) -> Fault:
    day = WEEKDAYS[weekday]
    problem = f"{day} has hours already; of two rules for a day only the last one counts"
    if "off" in (earlier, hours) or hours == "closed":
        return Fault(text, *where, problem, f"one rule for {day}")
    return Fault(text, *where, problem, f'one rule for {day}; for a split day "{item} {earlier},{hours}"')


def _ranges(times: str, start: int) -> Iterator[tuple[TimeRange, int, int]]:
    for match in _ONE_RANGE.finditer(times):
        from_hour, from_minute, to_hour, to_minute = (int(part) for part in match.groups())
        hours = TimeRange(from_hour * 60 + from_minute, to_hour * 60 + to_minute)
        yield hours, start + match.start(), start + match.end()


def _ranges_fault(text: str, times: str, start: int) -> Fault | None:
    seen: list[TimeRange] = []
    for hours, begin, end in _ranges(times, start):
        for place, written in ((begin, text[begin : begin + 5]), (begin + 6, text[begin + 6 : end])):
            if int(written[3:]) > 59 or int(written[:2]) * 60 + int(written[3:]) > MINUTES_IN_A_DAY:
                fix = f'"{text[:place]}24:00{text[place + 5 :]}"' if place > begin else None
                return Fault(text, place, place + 5, f"{written} is not a time: a day runs from 00:00 to 24:00", fix)
        if hours.start == hours.end:
            fix = '"off" for a closed day, "00:00-24:00" for all of it'
            return Fault(text, begin, end, "these hours are empty", fix)
        if hours.start > hours.end:
            problem = "these hours run past midnight, and a closure ends at midnight: which day would they belong to?"
            fix = f'"{clock(hours.start)}-24:00" on this day and "00:00-{clock(hours.end)}" on the next'
            if hours.end == 0:
                fix = f'"{clock(hours.start)}-24:00"'
            return Fault(text, begin, end, problem, fix)
        for other in seen:
            if hours.overlaps(other):
                joined = TimeRange(min(hours.start, other.start), max(hours.end, other.end))
                return Fault(text, begin, end, f"these hours overlap {other}", f'"{joined}" for both')
        seen.append(hours)
    return None

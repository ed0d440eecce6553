"""Finds closures and special hours that contradict each other, or that can't mean what they say."""

from collections.abc import Sequence
from itertools import combinations

from clinic.hours.exceptions import Closure, SpecialHours
from clinic.hours.week import WEEKDAYS, Week


def exception_faults(week: Week, closures: Sequence[Closure], specials: Sequence[SpecialHours]) -> list[str]:
    """What must be put right before the hours can be trusted, one text each, naming the entry and the fix."""
    faults: list[str] = []
    for one, other in combinations((*whole_days(closures), *specials), 2):
        if (one.first, one.last) == (other.first, other.last):
            faults.append(f"{one.named} and {other.named} are the same days: keep one")
        elif one.meets(other) and not one.covers(other) and not other.covers(one):
            faults.append(f"{one.named} and {other.named} overlap: end one before the other begins")
    for one, other in combinations((closure for closure in closures if closure.breaks), 2):
        if one.meets(other) and any(a.overlaps(b) for a in one.breaks for b in other.breaks):
            faults.append(f"{one.named} is there twice for the same hours: keep one")
    faults += [fault for special in specials if (fault := _special_fault(week, special))]
    return faults


def whole_days(closures: Sequence[Closure]) -> tuple[Closure, ...]:
    return tuple(closure for closure in closures if not closure.breaks)


def _special_fault(week: Week, special: SpecialHours) -> str | None:
    if not any(special.on(day) for day in special.dates()):
        return f"{special.named}: its hours fall on none of its days, so it never applies: check the dates and weekdays"
    if special.names_weekdays or special.days == 1:
        return None
    # "10:00-14:00" for a fortnight: on its Sundays too? Only the owner knows.
    shut = sorted({day.weekday() for day in special.dates() if not week.days[day.weekday()]})
    if not shut:
        return None
    first = next(day for day in special.dates() if day.weekday() == shut[0])
    usual = ",".join(day for weekday, day in enumerate(WEEKDAYS) if week.days[weekday])
    return (
        f"{special.named} would open on {first:%a} {first}, a day you are closed: "
        f'write hours = "{usual} {special.hours}", or "Mo-Su {special.hours}" to open then too'
    )

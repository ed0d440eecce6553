"""The report: how well the promise is kept, by week and by condition."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from clinic.facts import ClinicFacts
from clinic.hours import HoursError
from clinic.records import Records, Subject, Unreadable
from clinic.store import Files

WEEKS = 8
# More enquiries than any clinic has in that time; the newest are counted.
READ_AT_MOST = 20_000
# Records read in one go: 20,000 of the longest are 400 MB, and an enquiry that comes meanwhile would wait for them all.
TOGETHER = 100
NO_CONDITION = "Not said"


@dataclass(frozen=True, slots=True)
class Case:
    """One enquiry: when it came, by when an answer was promised, and when the patient was contacted, if they were.

    `waited` is the open time until then.
    """

    received_at: datetime
    reply_by: datetime
    contacted_at: datetime | None
    waited: timedelta | None
    condition: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line: how many came in, how many were answered in time of those whose time is over, and the median wait."""

    name: str
    received: int
    judged: int
    in_time: int
    median_minutes: int | None

    @property
    def percent(self) -> int | None:
        """Return the share that was answered in time, in percent; None where nothing can be said yet."""
        return round(100 * self.in_time / self.judged) if self.judged else None


@dataclass(frozen=True, slots=True)
class Report:
    """The lines by week, oldest first, and by condition, the most frequent first."""

    weeks: Sequence[Line]
    conditions: Sequence[Line]


def report_of(cases: Iterable[Case], now: datetime, zone: ZoneInfo) -> Report:
    """Return the report on these cases as it is now; an enquiry whose time is not over is received, and not judged."""
    kept = list(cases)
    weeks = _lines(kept, now, lambda case: _monday(case.received_at, zone).isoformat())
    conditions = _lines(kept, now, lambda case: case.condition)
    return Report(
        weeks=sorted(weeks, key=lambda line: line.name),
        conditions=sorted(conditions, key=lambda line: (-line.received, line.name)),
    )


def since(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the beginning of the first week of a report."""
    first = _monday(now, zone) - timedelta(weeks=WEEKS - 1)
    return datetime(first.year, first.month, first.day, tzinfo=zone)


async def read_cases(files: Files, records: Records, start: datetime) -> list[Case]:
    """Return the enquiries received since an instant; quarantined ones and those that can't be read are left out."""
    contacted = await files.contacts(READ_AT_MOST)
    references = [*contacted, *(await files.waiting(READ_AT_MOST))]
    cases: list[Case] = []
    for first in range(0, len(references), TOGETHER):
        some = references[first : first + TOGETHER]
        for reference, sealed in zip(some, await files.sealed(some), strict=True):
            try:
                case = _case(await records.subject(reference, sealed), contacted.get(reference))
            except (Unreadable, HoursError):
                continue
            if case.received_at >= start:
                cases.append(case)
    return cases


def _case(subject: Subject, contacted_at: datetime | None) -> Case:
    record, facts = subject.record, subject.facts
    schedule = facts.schedule(record.enquiry.site)
    waited = None
    if contacted_at is not None:
        spans = schedule.intervals(record.received_at, contacted_at)
        waited = sum((span.length for span in spans), timedelta())
    return Case(
        received_at=record.received_at,
        reply_by=schedule.reply_by(record.received_at),
        contacted_at=contacted_at,
        waited=waited,
        condition=_condition(facts, record.enquiry.condition),
    )


def _condition(facts: ClinicFacts, slug: str) -> str:
    return facts.condition_title(slug) or NO_CONDITION


def _lines(cases: Iterable[Case], now: datetime, name: Callable[[Case], str]) -> list[Line]:
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        groups[name(case)].append(case)
    return [_line(named, group, now) for named, group in groups.items()]


def _line(name: str, cases: Sequence[Case], now: datetime) -> Line:
    judged = [case for case in cases if case.contacted_at is not None or case.reply_by <= now]
    in_time = [case for case in judged if case.contacted_at is not None and case.contacted_at <= case.reply_by]
    waits = [case.waited.total_seconds() / 60 for case in cases if case.waited is not None]
    return Line(name, len(cases), len(judged), len(in_time), round(median(waits)) if waits else None)


def _monday(instant: datetime, zone: ZoneInfo) -> date:
    day = instant.astimezone(zone).date()
    return day - timedelta(days=day.weekday())

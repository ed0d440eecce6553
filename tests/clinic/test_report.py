"""What the clinic wants to know of its promise: what was answered in time, of what could be, and how long it took."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from clinic.facts import ClinicFacts
from clinic.report import TOGETHER, Case, Line, read_cases, report_of, since
from clinic.store import Files
from tests.support.clock import SetClock
from tests.support.service import Service
from tests.support.valkey import Client

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def case(received: str, hours: float | None, condition: str = "Neck pain") -> Case:
    """Return an enquiry that was to be answered within four hours and was after so many, or not at all."""
    at = datetime.fromisoformat(received).replace(tzinfo=LONDON)
    waited = None if hours is None else timedelta(hours=hours)
    return Case(at, at + timedelta(hours=4), None if waited is None else at + waited, waited, condition)


def test_each_week_and_each_condition_has_its_line() -> None:
    report = report_of(
        [
            case("2026-11-22 23:59", 1),
            case("2026-11-23 09:00", 2),
            case("2026-11-23 10:00", 6, "Knee pain"),
            case("2026-11-23 11:00", None),
            case("2026-11-24 11:00", None, "Knee pain"),
        ],
        NOW,
        LONDON,
    )
    assert report.weeks == [Line("2026-11-16", 1, 1, 1, 60), Line("2026-11-23", 4, 3, 1, 240)]
    assert report.conditions == [Line("Neck pain", 3, 3, 2, 90), Line("Knee pain", 2, 1, 0, 360)]
    assert [line.percent for line in report.conditions] == [67, 0]


def test_what_is_not_due_yet_is_not_judged() -> None:
    [line] = report_of([case("2026-11-24 11:00", None)], NOW, LONDON).weeks
    assert (line.received, line.judged, line.percent, line.median_minutes) == (1, 0, None, None)


def test_a_report_begins_on_a_monday_eight_weeks_back() -> None:
    assert since(NOW, LONDON) == datetime(2026, 10, 5, tzinfo=LONDON)


async def test_however_many_there_are_few_records_are_held_at_once(redis: Client, facts: ClinicFacts) -> None:
    class Watched(Files):
        most = 0

        async def sealed(self, references: Sequence[str]) -> list[bytes]:
            self.most = max(self.most, len(references))
            return await super().sealed(references)

    service = Service(redis, facts, "smtp://127.0.0.1:9", SetClock())
    for number in range(TOGETHER + 5):
        await service.accept(number)
    files = Watched(redis)
    cases = await read_cases(files, service.records, datetime(2020, 1, 1, tzinfo=UTC))
    assert (len(cases), files.most) == (TOGETHER + 5, TOGETHER)

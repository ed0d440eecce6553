"""The table behind `frontdesk hours`, for the clinic of the brief."""

import re
from datetime import datetime
from io import StringIO
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from clinic.hours import HoursError, HoursFacts, Schedule
from ops.hours import hours_table

WIDTH = 120
LONDON = ZoneInfo("Europe/London")
CLOSED_AT_CHRISTMAS = {
    "Fri 25 Dec 2026": "Christmas Day",
    "Sat 26 Dec 2026": "Boxing Day",
    "Mon 28 Dec 2026": "substitute day for Boxing Day",
    "Fri 1 Jan 2027": "New Year's Day",
}


def shown(when: str, days: int = 14, **facts: object) -> list[str]:
    at = datetime.fromisoformat(when).replace(tzinfo=LONDON)
    console = Console(file=StringIO(), width=WIDTH, record=True)
    console.print(hours_table(Schedule(HoursFacts.model_validate(facts)), at, days=days))
    return [line.rstrip() for line in console.export_text().splitlines()]


def rows(lines: list[str]) -> dict[str, list[str]]:
    """The table by day: "Fri 25 Dec 2026", then its open hours, why, and by when who writes at midday hears from us."""
    heading = next(at for at, line in enumerate(lines) if line.strip().startswith("Day"))
    starts = [match.start() for match in re.finditer(r"(?<=\s\s)\S", lines[heading])]
    table = [
        [line[a:b].strip() for a, b in pairwise([*starts, WIDTH])]
        for line in lines[heading + 1 :]
        if re.match("  [A-Z][a-z]{2} ", line)
    ]
    return {day: cells for day, *cells in table}


def closed(table: dict[str, list[str]]) -> dict[str, str]:
    return {
        day: why for day, (hours, why, _promise) in table.items() if hours == "closed" and not day.startswith("Sun")
    }


def test_christmas_in_england_has_boxing_day_and_its_substitute() -> None:
    table = rows(shown("2026-12-23 12:00"))

    assert len(table) == 14
    assert closed(table) == CLOSED_AT_CHRISTMAS
    assert table["Sun 27 Dec 2026"][0] == table["Sun 3 Jan 2027"][0] == "closed"
    assert table["Thu 24 Dec 2026"] == ["8am to 8pm", "", "4pm"]
    assert table["Fri 25 Dec 2026"] == ["closed", "Christmas Day", "midday, Tue 29 Dec"]
    assert table["Sat 2 Jan 2027"][0] == "8am to 8pm"


def test_christmas_in_scotland_has_2_january_and_its_substitute() -> None:
    table = rows(shown("2026-12-24 12:00", bank_holidays="scotland"))

    assert closed(table) == {
        **CLOSED_AT_CHRISTMAS,
        "Sat 2 Jan 2027": "2nd January",
        "Mon 4 Jan 2027": "substitute day for 2nd January",
    }
    assert table["Fri 1 Jan 2027"][2] == "midday, Tue 5 Jan"


@pytest.mark.parametrize(
    ("nation", "expected"),
    [
        ("england", {"Fri 26 Mar 2027": "Good Friday", "Mon 29 Mar 2027": "Easter Monday"}),
        ("scotland", {"Fri 26 Mar 2027": "Good Friday"}),
    ],
)
def test_easter_is_closed_as_each_nation_has_it(nation: str, expected: dict[str, str]) -> None:
    table = rows(shown("2027-03-22 12:00", bank_holidays=nation))

    assert closed(table) == expected
    assert table["Sat 27 Mar 2027"][0] == "8am to 8pm"
    assert [day for day, cells in table.items() if cells[0] == "closed" and day.startswith("Sun")] == [
        "Sun 28 Mar 2027",
        "Sun 4 Apr 2027",
    ]


def test_it_opens_with_what_a_patient_would_be_told() -> None:
    assert " ".join(shown("2026-11-21 21:00")[:2]).strip() == (
        "Saturday 21 November 2026. We're closed now and open again on Monday 23 November at 8am. We will contact you "
        "by midday that day."
    )


def test_it_goes_on_with_the_changes_after_the_table() -> None:
    lines = shown("2026-11-23 12:00", days=7)
    at = lines.index("After that")

    assert lines[at + 1] == "  Friday 25 December, closed (Christmas Day)"
    assert lines[at + 4] == "  Friday 1 January 2027, closed (New Year's Day)"
    assert len(lines) == at + 1 + 8
    assert "After that" not in shown("2026-11-23 12:00", bank_holidays="none")


def test_it_ends_with_what_to_look_at() -> None:
    lines = shown("2026-11-23 12:00", closure=[{"from": "2026-11-01"}], bank_holidays="none")

    assert lines[-2:] == [
        "Warning: [[closure]] 2026-11-01 is over and can go",
        "Warning: [[closure]] 2026-11-01 changes nothing: the clinic is closed then anyway",
    ]


def test_a_note_is_shown_as_it_is_written() -> None:
    table = rows(
        shown(
            "2026-11-23 12:00",
            closure=[{"from": "2026-11-24", "hours": "12:00-15:00", "note": "[b]Staff[/b] talk"}],
            special_hours=[{"from": "2026-11-24", "hours": "10:00-16:00", "note": "Short day"}],
        )
    )

    assert table["Tue 24 Nov 2026"][:2] == ["10am to midday and 3pm to 4pm", "Short day, [b]Staff[/b] talk"]


def test_a_clinic_that_never_opens_again_cannot_be_shown() -> None:
    closure = [{"from": f"{year}-01-01", "until": f"{year}-12-31"} for year in (2026, 2027)]

    with pytest.raises(HoursError, match="does not open within 400 days"):
        shown("2026-03-01 12:00", closure=closure)


def test_a_deadline_at_midnight_is_shown_with_the_day_that_ends() -> None:
    table = rows(shown("2026-11-23 12:00", opening_hours="Mo 20:00-24:00", bank_holidays="none"))

    assert table["Mon 23 Nov 2026"][2] == "midnight"
    assert table["Tue 24 Nov 2026"][2] == "midnight, Mon 30 Nov"

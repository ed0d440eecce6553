"""Every enquiry of a closed hour is on one digest: that of the next opening, on whatever night."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.digest import digest_opening, digest_reference, digest_time, told_before
from clinic.facts import Alerts, ClinicFacts, read_facts
from clinic.settings import ROOT

LONDON = ZoneInfo("Europe/London")
FACTS = read_facts(ROOT / "clinic.toml")
MIDNIGHT = FACTS.model_copy(update={"opening_hours": "Mo-Su 00:00-12:00"})
SCHEDULES = {facts.edition(): facts.schedule() for facts in (FACTS, MIDNIGHT)}


def opening(received: str, facts: ClinicFacts = FACTS) -> str | None:
    """Return the opening whose digest an enquiry of this local time is on, in local time too."""
    at = datetime.fromisoformat(received).replace(tzinfo=LONDON)
    found = digest_opening(facts, SCHEDULES[facts.edition()], at.astimezone(UTC))
    return None if found is None else found.astimezone(LONDON).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("2026-11-23T12:00", None),
        ("2026-11-23T20:00", "2026-11-24T08:00+00:00"),
        ("2026-11-24T07:59:59", "2026-11-24T08:00+00:00"),
        ("2026-11-28T21:00", "2026-11-30T08:00+00:00"),
        ("2026-12-24T20:00", "2026-12-29T08:00+00:00"),
        ("2027-03-27T21:00", "2027-03-30T08:00+01:00"),
        ("2027-03-28T00:59", "2027-03-30T08:00+01:00"),
        ("2027-10-30T21:00", "2027-11-01T08:00+00:00"),
        ("2027-10-31T01:30", "2027-11-01T08:00+00:00"),
    ],
)
def test_it_is_the_next_opening(received: str, expected: str | None) -> None:
    assert opening(received) == expected


@pytest.mark.parametrize("night", ["2027-03-27", "2027-10-30"])
def test_a_clinic_that_opens_at_midnight_has_one_digest_on_the_night_the_clocks_change(night: str) -> None:
    evening = datetime.fromisoformat(f"{night}T12:00").replace(tzinfo=LONDON).astimezone(UTC)
    found = {
        digest_opening(MIDNIGHT, SCHEDULES[MIDNIGHT.edition()], evening + timedelta(minutes=minutes))
        for minutes in range(0, 12 * 60, 7)
    }
    next_day = datetime.fromisoformat(f"{night}T00:00") + timedelta(days=1)
    assert found == {next_day.replace(tzinfo=LONDON).astimezone(UTC)}


@given(st.integers(0, 3 * 365 * 24 * 60))
def test_every_closed_instant_is_before_exactly_one_opening_and_nothing_opens_between(minutes: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    schedule = SCHEDULES[FACTS.edition()]
    found = digest_opening(FACTS, schedule, at)
    if schedule.is_open(at):
        assert found is None
    else:
        assert found is not None
        assert schedule.is_open(found)
        assert not schedule.is_open(found - timedelta(seconds=1))
        assert list(schedule.intervals(at, found)) == []
        assert digest_time(digest_reference(found)) == found


def test_a_clinic_that_wants_none_has_none() -> None:
    unwanted = FACTS.model_copy(update={"alerts": Alerts(digest=False)})
    assert digest_opening(unwanted, SCHEDULES[FACTS.edition()], datetime(2026, 11, 23, 22, tzinfo=UTC)) is None


def test_a_late_digest_is_named_after_its_opening_too() -> None:
    at = datetime(2026, 11, 24, 8, tzinfo=UTC)
    assert digest_time(digest_reference(at) + "L12") == at


@pytest.mark.parametrize(
    ("hours", "at", "expected"),
    [
        ("Mo-Sa 08:00-20:00", "2026-11-23T08:00", "2026-11-21T08:00"),
        ("Mo-Sa 08:00-20:00", "2026-11-23T08:01", "2026-11-23T08:00"),
        ("Mo-Sa 08:00-20:00", "2026-11-22T12:00", "2026-11-21T08:00"),
        ("Mo-Fr 08:00-12:30,13:30-20:00", "2026-11-23T23:00", "2026-11-23T13:30"),
        ("24/7", "2026-11-23T08:00", "2026-11-22T08:00"),
        ("24/7", "2026-11-23T08:01", "2026-11-23T08:00"),
        ("24/7", "2027-03-28T12:00", "2027-03-28T08:00"),
        ("Mo-Fr 00:00-24:00", "2026-11-23T12:00", "2026-11-23T00:00"),
        ("Mo-Fr 00:00-24:00", "2026-11-24T12:00", "2026-11-24T08:00"),
        ("Mo-Fr 00:00-24:00", "2026-11-29T12:00", "2026-11-27T08:00"),
    ],
)
def test_reception_was_last_told_at_an_opening_or_in_the_morning_where_they_never_close(
    hours: str, at: str, expected: str
) -> None:
    schedule = FACTS.model_copy(update={"opening_hours": hours, "bank_holidays": "none"}).schedule()
    told = told_before(schedule, datetime.fromisoformat(at).replace(tzinfo=LONDON))
    assert told == datetime.fromisoformat(expected).replace(tzinfo=LONDON)

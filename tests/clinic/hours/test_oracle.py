"""Two other ways to the same answers: another engine, and a walk by the minute."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest

from clinic.hours import HoursFacts, ReplyTarget, Schedule
from tests.clinic.hours import minute_walk
from tests.clinic.hours.oracle import differences
from tests.clinic.hours.schedules import TWENTY, random_instants
from tests.clinic.hours.workclock_oracle import WorkclockOracle

INSTANTS = random_instants(2_000, seed=4)
BUSY: dict[str, Any] = {
    "opening_hours": "Mo-Fr 08:00-12:30,13:30-20:00; Sa 09:00-13:00",
    "bank_holiday_hours": "10:00-14:00",
    "closure": [
        {"from": "2026-12-19", "until": "2027-01-03", "note": "Christmas closure"},
        {"from": "2026-12-08", "until": "2026-12-10", "hours": "12:00-15:00", "note": "Staff training"},
        {"from": "2026-12-29"},
    ],
    "special_hours": [
        {"from": "2026-12-28", "until": "2026-12-30", "hours": "10:00-12:00"},
        {"from": "2026-12-13", "hours": "10:00-16:00"},
        {"from": "2026-12-14", "until": "2026-12-18", "hours": "Mo-We 07:00-21:00; Th 00:00-24:00"},
    ],
}


@pytest.mark.parametrize("name", TWENTY)
def test_another_engine_gives_the_same_answers(name: str) -> None:
    assert differences(Schedule(TWENTY[name]), WorkclockOracle(TWENTY[name]), INSTANTS) == []


def test_the_oracle_is_another_opinion() -> None:
    # If the comparison could not fail it would show nothing.
    brief, other = TWENTY["the clinic of the brief"], TWENTY["in Scotland"]

    assert differences(Schedule(brief), WorkclockOracle(other), INSTANTS)


def test_a_walk_by_the_minute_gives_the_same_answers_where_every_setting_meets() -> None:
    facts = HoursFacts.model_validate(BUSY)
    schedule, dice = Schedule(facts), Random(7)  # noqa: S311  # test data, not a secret
    start = random_instants(1, 1)[0].replace(year=2026, month=12, day=1, hour=0, minute=0, second=0)
    for _ in range(25):
        at = start + timedelta(minutes=dice.randrange(40 * 24 * 60))
        assert schedule.is_open(at) == minute_walk.is_open(facts, at), at
        assert schedule.next_opening(at) == minute_walk.next_opening(facts, at), at
        need = dice.randrange(1, 300)
        due = schedule.reply_by(at, ReplyTarget(need, "open minute"))
        assert due == minute_walk.reply_by(facts, at, need), at

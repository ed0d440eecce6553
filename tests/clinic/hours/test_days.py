"""What is said about one date, and by which part of the file."""

from datetime import date

from clinic.hours import Day, HoursFacts, Schedule, TimeRange

USUAL = (TimeRange(8 * 60, 20 * 60),)
SCHEDULE = Schedule(
    HoursFacts.model_validate(
        {
            "bank_holiday_hours": "10:00-14:00",
            "closure": [
                {"from": "2026-11-24", "note": "Painting"},
                {"from": "2026-12-30", "until": "2027-01-04", "hours": "12:00-15:00", "note": "Staff training"},
                {"from": "2026-12-31", "hours": "19:00-20:00"},
            ],
            "special_hours": [{"from": "2026-11-29", "hours": "11:00-12:00", "note": "Open day"}],
        }
    )
)


def test_each_kind_of_day_has_its_hours_its_kind_and_its_name() -> None:
    assert SCHEDULE.day(date(2026, 11, 23)) == Day(date(2026, 11, 23), USUAL)
    assert SCHEDULE.day(date(2026, 11, 24)) == Day(date(2026, 11, 24), (), "closure", "Painting")
    assert SCHEDULE.day(date(2026, 12, 25)) == Day(
        date(2026, 12, 25), (TimeRange(600, 840),), "bank holiday", "Christmas Day"
    )
    assert SCHEDULE.day(date(2026, 11, 29)) == Day(
        date(2026, 11, 29), (TimeRange(660, 720),), "special hours", "Open day"
    )


def test_closed_parts_of_a_day_are_out_of_its_hours_and_listed_on_both_sides_of_new_year() -> None:
    lunch, evening = TimeRange(720, 900), TimeRange(1140, 1200)
    around = (TimeRange(480, 720), TimeRange(900, 1200))

    assert SCHEDULE.day(date(2026, 12, 30)) == Day(date(2026, 12, 30), around, breaks=((lunch, "Staff training"),))
    assert SCHEDULE.day(date(2026, 12, 31)) == Day(
        date(2026, 12, 31),
        (TimeRange(480, 720), TimeRange(900, 1140)),
        breaks=((lunch, "Staff training"), (evening, None)),
    )
    assert SCHEDULE.day(date(2027, 1, 1)).hours == (TimeRange(600, 720),)
    assert SCHEDULE.day(date(2027, 1, 4)) == Day(date(2027, 1, 4), around, breaks=((lunch, "Staff training"),))
    assert SCHEDULE.day(date(2027, 1, 5)) == Day(date(2027, 1, 5), USUAL)

"""The hours as search engines read them."""

from datetime import UTC, datetime

from clinic.hours import HoursFacts, Schedule, opening_hours_specification, special_opening_hours_specification

TYPE = {"@type": "OpeningHoursSpecification"}


def test_the_usual_week_has_an_entry_for_each_stretch_of_hours() -> None:
    facts = HoursFacts(opening_hours="Mo-Fr 08:00-12:30,13:30-20:00; Sa 08:00-12:30")

    assert opening_hours_specification(facts) == [
        {
            **TYPE,
            "dayOfWeek": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
            "opens": "08:00",
            "closes": "12:30",
        },
        {
            **TYPE,
            "dayOfWeek": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"],
            "opens": "13:30",
            "closes": "20:00",
        },
    ]


def test_the_whole_day_closes_a_minute_before_midnight() -> None:
    (entry,) = opening_hours_specification(HoursFacts(opening_hours="24/7"))

    assert (entry["opens"], entry["closes"]) == ("00:00", "23:59")


def test_special_days_are_listed_from_the_local_date_on() -> None:
    schedule = Schedule(
        HoursFacts.model_validate(
            {
                "closure": [{"from": "2026-11-24", "hours": "12:00-15:00"}],
                "special_hours": [{"from": "2026-12-24", "hours": "08:00-13:00"}],
            }
        )
    )

    def listed(at: datetime, days: int) -> list[tuple[object, ...]]:
        entries = special_opening_hours_specification(schedule, at, days)
        assert all(entry["@type"] == TYPE["@type"] and entry["validThrough"] == entry["validFrom"] for entry in entries)
        return [(entry["validFrom"], entry["opens"], entry["closes"]) for entry in entries]

    assert listed(datetime(2026, 11, 23, 12, tzinfo=UTC), 33) == [
        ("2026-11-24", "08:00", "12:00"),
        ("2026-11-24", "15:00", "20:00"),
        ("2026-12-24", "08:00", "13:00"),
        ("2026-12-25", "00:00", "00:00"),
    ]
    assert listed(datetime(2026, 8, 30, 23, 30, tzinfo=UTC), 1) == [("2026-08-31", "00:00", "00:00")]
    assert len(listed(datetime(2026, 11, 23, 12, tzinfo=UTC), 365)) == 3 + 9

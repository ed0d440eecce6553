"""What an owner is told to look at, though the file is valid."""

from datetime import UTC, datetime
from typing import Any

import pytest

from clinic.hours import HoursFacts, Schedule


def warnings(when: str = "2026-01-01", **facts: Any) -> tuple[str, ...]:  # noqa: ANN401  # whatever the TOML file may hold
    """Return what is told at an instant; by default nothing is over yet, and no horizon near."""
    schedule = Schedule(HoursFacts.model_validate(facts))
    return schedule.warnings_at(datetime.fromisoformat(when).replace(tzinfo=UTC))


def test_the_clinic_of_the_brief_has_none() -> None:
    assert warnings("2026-11-23") == ()


def test_the_horizon_is_near_half_a_year_before_its_end() -> None:
    assert warnings("2028-07-03 22:00") == ()
    (warning,) = warnings("2028-07-03 23:00")  # 4 July, in London
    assert "after 2028-12-31" in warning
    assert "install a newer release" in warning
    assert warnings("2028-12-31", bank_holidays="none") == ()
    assert warnings("2031-01-01") == (warning,)


@pytest.mark.parametrize("timezone", ["GMT", "UTC", "Etc/GMT", "Africa/Abidjan"])
def test_a_british_clinic_is_told_that_its_zone_has_no_summer_time(timezone: str) -> None:
    told = f'timezone "{timezone}" has no summer time: in the United Kingdom write "Europe/London"'
    for nation in ("england", "scotland", "wales", "northern-ireland"):
        (warning,) = warnings(timezone=timezone, bank_holidays=nation)
        assert warning.startswith(told)
    assert warnings(timezone=timezone, bank_holidays="none") == ()


@pytest.mark.parametrize("timezone", ["Europe/London", "Europe/Belfast", "GB"])
def test_a_zone_with_summer_time_is_as_good_by_any_name(timezone: str) -> None:
    assert warnings(timezone=timezone) == ()


def test_an_exception_that_is_over_can_go() -> None:
    facts = {
        "closure": [{"from": "2026-12-01", "until": "2026-12-03", "note": "Painting"}],
        "special_hours": [{"from": "2026-11-30", "hours": "10:00-12:00"}],
    }

    assert warnings("2026-11-30 12:00", **facts) == ()
    assert warnings("2026-12-03 23:59", **facts) == ("[[special_hours]] 2026-11-30 is over and can go",)
    assert (
        warnings("2026-12-04 00:00", **facts)[0] == "[[closure]] 2026-12-01 to 2026-12-03 (Painting) is over and can go"
    )


@pytest.mark.parametrize(
    "closure",
    [
        {"from": "2026-11-29"},  # a Sunday
        {"from": "2026-11-24", "hours": "20:00-21:00"},
        {"from": "2026-11-24", "hours": "06:00-08:00"},
    ],
)
def test_a_closure_of_time_that_is_closed_anyway_changes_nothing(closure: dict[str, str]) -> None:
    (warning,) = warnings(closure=[closure])

    assert "changes nothing: the clinic is closed then anyway" in warning


@pytest.mark.parametrize(
    "closure",
    [
        {"from": "2026-11-28", "until": "2026-11-29"},
        {"from": "2026-12-25", "note": "Christmas closure"},  # it renames the bank holiday
        {"from": "2026-12-27", "until": "2027-01-01"},
        {"from": "2026-11-24", "hours": "19:59-21:00"},
    ],
)
def test_a_closure_with_an_effect_is_not_warned_of(closure: dict[str, str]) -> None:
    assert warnings(closure=[closure]) == ()


def test_special_hours_for_days_on_end_that_open_on_a_bank_holiday_are_pointed_out() -> None:
    summer = {"from": "2026-08-17", "until": "2026-09-05", "hours": "Mo-Fr 09:00-17:00"}

    (warning,) = warnings(special_hours=[summer])

    assert "opens on 2026-08-31 (Summer bank holiday): add a [[closure]] from = 2026-08-31" in warning
    assert warnings(special_hours=[summer], closure=[{"from": "2026-08-31"}]) == ()
    assert warnings(special_hours=[{**summer, "until": "2026-08-30"}]) == ()
    assert warnings(special_hours=[{"from": "2026-08-31", "hours": "09:00-17:00"}]) == ()
    assert warnings(special_hours=[{**summer, "hours": "Tu-Fr 09:00-17:00"}]) == ()
    assert warnings(special_hours=[summer], bank_holidays="none") == ()
    assert len(warnings(special_hours=[{**summer, "from": "2026-08-31"}])) == 1
    assert len(warnings(special_hours=[{**summer, "until": "2026-08-31"}])) == 1


def test_only_the_bank_holidays_that_the_clinic_keeps_are_pointed_out() -> None:
    saturday = {"from": "2026-12-24", "until": "2027-01-02", "hours": "Sa 09:00-17:00"}

    (warning,) = warnings(special_hours=[saturday])
    assert "2026-12-26 (Boxing Day)" in warning
    assert warnings(special_hours=[saturday], bank_holiday_substitutes="substitute") == ()

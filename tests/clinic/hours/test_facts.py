"""The settings about time, as `clinic.toml` has them."""

import pytest
from pydantic import ValidationError

from clinic.hours import HoursFacts, Schedule


@pytest.mark.parametrize("zone", ["London", "", "../etc/passwd", "/etc/localtime", "Europe", "localtime", "Factory"])
def test_an_unknown_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match='write "Europe/London"'):
        HoursFacts(timezone=zone)


def test_an_unknown_setting_and_an_unknown_nation_are_refused() -> None:
    with pytest.raises(ValidationError, match="opening_hour\n"):
        HoursFacts.model_validate({"opening_hour": "Mo-Sa 08:00-20:00"})
    with pytest.raises(ValidationError, match="'england', 'scotland', 'wales', 'northern-ireland' or 'none'"):
        HoursFacts.model_validate({"bank_holidays": "GB-ENG"})
    with pytest.raises(ValidationError, match="'both', 'substitute' or 'actual'"):
        HoursFacts.model_validate({"bank_holiday_substitutes": "all"})


def test_facts_survive_a_journey_through_json() -> None:
    facts = HoursFacts.model_validate(
        {
            "closure": [{"from": "2026-12-24", "until": "2027-01-02", "note": "Christmas closure"}],
            "special_hours": [{"from": "2026-12-23", "hours": "10:00-12:00"}],
            "reply": "1 working day",
        }
    )

    assert facts.week.open_minutes == 6 * 12 * 60
    assert HoursFacts.model_validate_json(facts.model_dump_json()) == facts
    assert Schedule(facts).facts is facts

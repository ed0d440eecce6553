"""Which dates are bank holidays, against what GOV.UK publishes."""

from datetime import date

import pytest
from holidays import country_holidays

from clinic.hours.bank_holidays import LAST_KNOWN_YEAR, PUBLISHED_UNTIL, Nation, bank_holidays
from clinic.hours.errors import HoursError
from tests.clinic.hours.govuk import PUBLISHED

NATIONS: list[tuple[Nation, str]] = [
    ("england", "england-and-wales"),
    ("wales", "england-and-wales"),
    ("scotland", "scotland"),
    ("northern-ireland", "northern-ireland"),
]
SUBDIVISIONS: list[tuple[Nation, str]] = [
    ("england", "ENG"),
    ("wales", "WLS"),
    ("scotland", "SCT"),
    ("northern-ireland", "NIR"),
]


@pytest.mark.parametrize(("nation", "published"), NATIONS)
@pytest.mark.parametrize("year", range(2022, PUBLISHED_UNTIL.year + 1))
def test_substitutes_only_is_the_list_of_gov_uk(nation: Nation, published: str, year: int) -> None:
    listed = [date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[published][year].split()]

    assert sorted(bank_holidays(nation, year, "substitute")) == listed


@pytest.mark.parametrize(("nation", "subdivision"), SUBDIVISIONS)
def test_the_one_country_that_is_imported_is_as_the_library_gives_it(nation: Nation, subdivision: str) -> None:
    for year in range(2020, LAST_KNOWN_YEAR + 1):
        assert sorted(bank_holidays(nation, year)) == sorted(country_holidays("GB", subdivision, years=year))


@pytest.mark.parametrize(
    ("year", "both", "substitute", "actual"),
    [
        (2026, [25, 26, 28], [25, 28], [25, 26]),  # 26 December is a Saturday
        (2027, [25, 26, 27, 28], [27, 28], [25, 26]),  # and here a Sunday
        (2022, [25, 26, 27], [26, 27], [25, 26]),  # Christmas Day is a Sunday, its substitute the Tuesday
        (2025, [25, 26], [25, 26], [25, 26]),
    ],
)
def test_christmas_on_a_weekend_has_the_days_of_each_rule(
    year: int, both: list[int], substitute: list[int], actual: list[int]
) -> None:
    def december(days: dict[date, str]) -> list[int]:
        return [day.day for day in days if day.month == 12]

    assert december(dict(bank_holidays("england", year))) == both
    assert december(dict(bank_holidays("england", year, "substitute"))) == substitute
    assert december(dict(bank_holidays("england", year, "actual"))) == actual


def test_names_are_those_that_patients_know() -> None:
    england, scotland = bank_holidays("england", 2026), bank_holidays("scotland", 2026)

    assert england[date(2026, 5, 4)] == "Early May bank holiday"
    assert england[date(2026, 8, 31)] == "Summer bank holiday"
    assert england[date(2026, 12, 26)] == "Boxing Day"
    assert england[date(2026, 12, 28)] == "substitute day for Boxing Day"
    assert scotland[date(2026, 1, 2)] == "2nd January"
    assert scotland[date(2026, 11, 30)] == "St Andrew's Day"


def test_two_holidays_on_one_date_are_told_apart() -> None:
    # In Scotland 1 January 2034 is a Sunday: Monday is 2nd January and the substitute of New Year's Day, Tuesday the
    # substitute of 2nd January.
    assert [day.day for day in bank_holidays("scotland", 2034) if day.month == 1] == [1, 2, 3]
    assert [day.day for day in bank_holidays("scotland", 2034, "actual") if day.month == 1] == [1, 2]
    substitutes = bank_holidays("scotland", 2034, "substitute")
    assert substitutes[date(2034, 1, 2)] == "substitute day for New Year's Day"
    assert substitutes[date(2034, 1, 3)] == "substitute day for 2nd January"
    assert date(2034, 1, 1) not in substitutes


def test_a_one_off_holiday_of_one_nation_is_known() -> None:
    assert date(2026, 6, 15) in bank_holidays("scotland", 2026)
    assert date(2026, 6, 15) not in bank_holidays("england", 2026)


def test_no_nation_has_no_bank_holidays_in_any_year() -> None:
    assert not bank_holidays("none", 2026)
    assert not bank_holidays("none", LAST_KNOWN_YEAR + 100)


def test_christmas_is_known_in_the_last_year_and_no_year_after_it() -> None:
    assert date(LAST_KNOWN_YEAR, 12, 25) in bank_holidays("england", LAST_KNOWN_YEAR)
    with pytest.raises(HoursError, match="not known after 2100"):
        bank_holidays("england", LAST_KNOWN_YEAR + 1)

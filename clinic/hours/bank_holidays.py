"""The only door to `holidays`: which dates are bank holidays in a nation of the United Kingdom, and their names."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from clinic.hours.errors import HoursError

Nation = Literal["england", "scotland", "wales", "northern-ireland", "none"]
Substitutes = Literal["both", "substitute", "actual"]

# GOV.UK (https://www.gov.uk/bank-holidays) has published the dates to the end of this year, and a test compares them
# all with the library. Later dates are worked out by rule: Christmas 2031 is closed, a coronation in 2031 is not known.
PUBLISHED_UNTIL = date(2028, 12, 31)
LAST_KNOWN_YEAR = 2100  # the library gives no dates after it

_SUBDIVISIONS = {"england": "ENG", "scotland": "SCT", "wales": "WLS", "northern-ireland": "NIR"}
_OBSERVED = " (observed)"
# The library's names, where GOV.UK's differ: these are the words patients know.
_GOV_UK_NAMES = {
    "May Day": "Early May bank holiday",
    "Spring Bank Holiday": "Spring bank holiday",
    "Late Summer Bank Holiday": "Summer bank holiday",
    "Summer Bank Holiday": "Summer bank holiday",
    "New Year Holiday": "2nd January",
    "Saint Andrew's Day": "St Andrew's Day",
    "Saint Patrick's Day": "St Patrick's Day",
    "Battle of the Boyne": "Battle of the Boyne (Orangemen's Day)",
}


@lru_cache(maxsize=64)
def bank_holidays(nation: Nation, year: int, substitutes: Substitutes = "both") -> Mapping[date, str]:
    """The bank holidays of one calendar year, with the names GOV.UK gives them.

    When a holiday falls on a Saturday or Sunday the nation gets a substitute weekday. The library lists both dates;
    `substitutes` keeps "both", only the "substitute" weekday (what GOV.UK lists), or only the "actual" date.

    Raises HoursError for a year nobody can know.
    """
    if nation == "none":
        return MappingProxyType({})
    if year > LAST_KNOWN_YEAR:
        raise HoursError(f"bank holidays are not known after {LAST_KNOWN_YEAR}")
    # Imported on first use: it costs 145 ms, and a command that asks nothing about hours should not pay them.
    from holidays import country_holidays

    listed = country_holidays("GB", subdiv=_SUBDIVISIONS[nation], years=year)
    # Two holidays on one date share an entry: "New Year Holiday; New Year's Day (observed)", Scotland, 2 January 2034.
    names = [(day, name) for day, together in sorted(listed.items()) for name in together.split("; ")]
    moved = {name.removesuffix(_OBSERVED) for _day, name in names if name.endswith(_OBSERVED)}
    kept: dict[date, str] = {}
    for day, name in names:
        is_substitute = name.endswith(_OBSERVED)
        plain = name.removesuffix(_OBSERVED)
        if (is_substitute and substitutes == "actual") or (
            not is_substitute and plain in moved and substitutes == "substitute"
        ):
            continue
        words = _GOV_UK_NAMES.get(plain, plain)
        kept.setdefault(day, f"substitute day for {words}" if is_substitute else words)
    return MappingProxyType(kept)

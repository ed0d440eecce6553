"""The only door to `holidays`: which dates are bank holidays in a nation of the United Kingdom, and their names."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from clinic.hours.errors import HoursError
from clinic.imports import unopened
from clinic.languages import Locale, gettext_noop, say

Nation = Literal["england", "scotland", "wales", "northern-ireland", "none"]
Substitutes = Literal["both", "substitute", "actual"]

# GOV.UK (https://www.gov.uk/bank-holidays) has published the dates to the end of this year, and a test compares them
# all with the library. Later dates are worked out by rule: Christmas 2031 is closed, a coronation in 2031 is not known.
PUBLISHED_UNTIL = date(2028, 12, 31)
LAST_KNOWN_YEAR = 2100  # the library gives no dates after it

_SUBDIVISIONS = {"england": "ENG", "scotland": "SCT", "wales": "WLS", "northern-ireland": "NIR"}
_OBSERVED = " (observed)"
# The library's names in GOV.UK's words, which patients know; most are the same.
_GOV_UK_NAMES = {
    "New Year's Day": gettext_noop("New Year's Day"),
    "New Year Holiday": gettext_noop("2nd January"),
    "Saint Patrick's Day": gettext_noop("St Patrick's Day"),
    "Good Friday": gettext_noop("Good Friday"),
    "Easter Monday": gettext_noop("Easter Monday"),
    "May Day": gettext_noop("Early May bank holiday"),
    "Spring Bank Holiday": gettext_noop("Spring bank holiday"),
    "Battle of the Boyne": gettext_noop("Battle of the Boyne (Orangemen's Day)"),
    "Summer Bank Holiday": gettext_noop("Summer bank holiday"),
    "Late Summer Bank Holiday": gettext_noop("Summer bank holiday"),
    "Saint Andrew's Day": gettext_noop("St Andrew's Day"),
    "Christmas Day": gettext_noop("Christmas Day"),
    "Boxing Day": gettext_noop("Boxing Day"),
}
_SUBSTITUTE = gettext_noop("substitute day for {day}")


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
    # Imported on first use: a command that asks nothing about hours should not pay for it. The package of the countries
    # would import 200 of them, for 75 ms more.
    with unopened("holidays.countries"):
        from holidays.countries.united_kingdom import UnitedKingdom

    listed = UnitedKingdom(subdiv=_SUBDIVISIONS[nation], years=year)  # type: ignore[no-untyped-call]
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
        kept.setdefault(day, _SUBSTITUTE.format(day=words) if is_substitute else words)
    return MappingProxyType(kept)


def name_in(name: str, locale: Locale) -> str:
    """Return a bank holiday's name in a language; any other text as it is."""
    before = _SUBSTITUTE.partition("{day}")[0]
    if name.startswith(before):
        return say(_SUBSTITUTE, locale).format(day=say(name.removeprefix(before), locale))
    return say(name, locale)

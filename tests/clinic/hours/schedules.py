"""Twenty clinics, as different as real ones: what the properties and the oracles are tried on."""

from datetime import UTC, datetime, timedelta
from random import Random

from clinic.hours import Closure, HoursFacts, Schedule


def closure(first: str, until: str) -> Closure:
    return Closure.model_validate({"from": first, "until": until, "note": "Closed"})


CHRISTMASES = tuple(closure(f"{year}-12-24", f"{year + 1}-01-02") for year in range(2023, 2033))
SUMMERS = tuple(closure(f"{year}-08-01", f"{year}-08-14") for year in range(2024, 2034))
TWENTY: dict[str, HoursFacts] = {
    "the clinic of the brief": HoursFacts(),
    "in Scotland": HoursFacts(bank_holidays="scotland"),
    "in Wales": HoursFacts(bank_holidays="wales"),
    "in Northern Ireland": HoursFacts(bank_holidays="northern-ireland"),
    "never on holiday": HoursFacts(bank_holidays="none"),
    "split days": HoursFacts(opening_hours="Mo-Fr 08:00-12:30,13:30-20:00; Sa 09:00-13:00"),
    "three parts": HoursFacts(opening_hours="Mo-Su 07:15-09:45,11:00-13:20,17:05-21:50"),
    "Sundays only": HoursFacts(opening_hours="Su 10:00-14:00"),
    "every other day": HoursFacts(opening_hours="Mo,We,Fr 09:00-17:00; Su 12:00-12:30"),
    "all day": HoursFacts(opening_hours="24/7"),
    "all of Tuesday": HoursFacts(opening_hours="Tu 00:00-24:00", bank_holidays="none"),
    "over midnight": HoursFacts(opening_hours="Mo-Th 20:00-24:00; Fr 18:00-24:00; Sa 00:00-06:00"),
    "early birds": HoursFacts(opening_hours="Mo-Su 00:00-06:00"),
    "a Christmas closure": HoursFacts(closure=CHRISTMASES),
    "a summer closure too": HoursFacts(closure=CHRISTMASES + SUMMERS, bank_holidays="scotland"),
    "substitutes only": HoursFacts(bank_holiday_substitutes="substitute", bank_holidays="scotland"),
    "actual dates only": HoursFacts(bank_holiday_substitutes="actual"),
    "in Dublin": HoursFacts(timezone="Europe/Dublin", bank_holidays="none", opening_hours="Mo-Sa 08:00-20:00"),
    "in New York": HoursFacts(timezone="America/New_York", bank_holidays="none", opening_hours="Mo-Fr 09:30-16:15"),
    "in Auckland": HoursFacts(timezone="Pacific/Auckland", bank_holidays="none", opening_hours="Mo-Sa 07:00-19:00"),
}

FIRST = datetime(2024, 1, 1, tzinfo=UTC)
LAST = datetime(2033, 1, 1, tzinfo=UTC)


def built() -> dict[str, Schedule]:
    return {name: Schedule(facts) for name, facts in TWENTY.items()}


def random_instants(count: int, seed: int) -> list[datetime]:
    """Half of them on a whole quarter of an hour, where the edges are; all from 2024 to 2032."""
    dice = Random(seed)  # noqa: S311  # test data, not a secret
    seconds = int((LAST - FIRST).total_seconds())
    return [
        FIRST + timedelta(seconds=dice.randrange(0, seconds, 900) if dice.random() < 0.5 else dice.randrange(seconds))
        for _ in range(count)
    ]

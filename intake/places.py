"""Places: the clinic and each of its sites, as a visitor needs them: where to phone, when open, heard from by when."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import NamedTuple

from clinic.facts import ClinicFacts
from clinic.hours import HoursError, Promise, Schedule, hours_lines, promise, sentence
from clinic.hours.bank_holidays import Nation
from clinic.hours.prose_hours import times
from clinic.languages import Locale
from clinic.phone import OWN_SHORTEST, dialled


class Told(NamedTuple):
    """What a visitor is told about time: the instants, and the sentence for a page that is read at once."""

    promise: Promise
    now: str


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """The clinic as a whole, or one site of it, as it speaks of itself in one language; there is one of each."""

    name: str
    phone: str
    address: str
    schedule: Schedule
    locale: Locale

    @property
    def phone_link(self) -> str:
        """Return the telephone number as a link (RFC 3966)."""
        return f"tel:{dialled(self.phone, OWN_SHORTEST) or ''}"

    @property
    def nation(self) -> Nation:
        """Return the nation it lies in, as far as its bank holidays say."""
        return self.schedule.facts.bank_holidays

    @property
    def hours(self) -> tuple[str, ...]:
        """Return the usual hours, a line for each kind of day."""
        return _hours(self)

    def tell(self, received_at: datetime) -> Told | None:
        """Return what can be promised to who wrote at an instant; None when the clinic file has no opening to come."""
        return _told(self.schedule, received_at.replace(microsecond=0), self.locale)

    def hours_today(self, now: datetime) -> str:
        """Return the hours of the local day: "8am to 8pm", "closed (Boxing Day)"."""
        day = self.schedule.day(now.astimezone(self.schedule.timezone).date())
        said = times(day.hours, locale=self.locale)
        return f"{said} ({self.schedule.facts.note_in(day.note, self.locale)})" if day.note else said


class Places:
    """Every place of the clinic in each of its languages, each worked out when it is first asked for."""

    def __init__(self, facts: ClinicFacts) -> None:
        self._facts = facts
        self._sites = {site.slug for site in facts.site}
        self._made = cache(self._place)

    def of(self, site: str, locale: Locale = "en") -> Place:
        """Return the place of a site's slug; the clinic as a whole for none, or one that is no longer there."""
        return self._made(site if site in self._sites else "", self._facts.spoken(locale))

    def _place(self, slug: str, locale: Locale) -> Place:
        facts, practice = self._facts, self._facts.practice(slug)
        return Place(practice.site or practice.clinic, practice.phone, practice.address, facts.schedule(slug), locale)


@lru_cache(maxsize=64)
def _hours(place: Place) -> tuple[str, ...]:
    return tuple(hours_lines(place.schedule.facts, locale=place.locale))


@lru_cache(maxsize=64)
def _told(schedule: Schedule, second: datetime, locale: Locale) -> Told | None:
    """Return what everybody who writes in the same second is told: opening hours know no less than a minute."""
    try:
        made = promise(schedule, second, locale=locale)
    except HoursError:
        return None
    return Told(made, sentence(made, locale=locale))

"""Clinic facts: everything the clinic file says, checked, and what follows from it."""

import hashlib
from functools import lru_cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from clinic.address import Address
from clinic.delivery import Kind
from clinic.facts.parts import Alerts, Condition, Line, Part, Phone, Practice, Reminders, Reply, Site, Url
from clinic.hours import Closure, HoursFacts, Schedule, SpecialHours
from clinic.languages import Locale

HOURS = (
    "timezone",
    "opening_hours",
    "bank_holidays",
    "bank_holiday_hours",
    "bank_holiday_substitutes",
    "closure",
    "special_hours",
)


class ClinicFacts(Part):
    """Everything `clinic.toml` says."""

    name: Line
    phone: Phone
    address: Line
    website: Url
    privacy_notice: Url
    websites: tuple[Url, ...] = ()
    languages: Annotated[tuple[Locale, ...], Field(min_length=1)] = ("en",)
    sender: Address
    reception: Annotated[tuple[Address, ...], Field(min_length=1, max_length=9)]
    timezone: str
    opening_hours: str
    bank_holidays: str
    bank_holiday_hours: str = "closed"
    bank_holiday_substitutes: str = "both"
    closure: tuple[Closure, ...] = ()
    special_hours: tuple[SpecialHours, ...] = ()
    reply: Reply
    alerts: Alerts = Alerts()
    reminders: Reminders = Reminders()
    condition: Annotated[tuple[Condition, ...], Field(min_length=1)]
    site: tuple[Site, ...] = ()

    @model_validator(mode="after")
    def _slugs_differ(self) -> Self:
        for group in (self.condition, self.site):
            slugs = [item.slug for item in group]
            if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
                raise ValueError(f"the slug {twice[0]!r} stands twice: give each its own")
        return self

    def __hash__(self) -> int:
        """Return a number by one word of it: pydantic's would look at every word each time a cache is asked."""
        return hash(self.name)

    def hours(self, site: str = "") -> HoursFacts:
        """Return the opening hours of a site (its slug; empty for the clinic as a whole)."""
        own = self._site(site)
        values = {name: getattr(self, name) for name in HOURS}
        if own is not None:
            values |= {name: value for name in HOURS if (value := getattr(own, name, None)) is not None}
        return HoursFacts(reply=self.reply.target, **values)

    def schedule(self, site: str = "") -> Schedule:
        """Return the schedule of a site; it is built once per process, not per enquiry."""
        return _schedule(self, site)

    def about(self, slug: str) -> Condition | None:
        """Return a condition by its slug, or None for a slug that is none."""
        return next((item for item in self.condition if item.slug == slug), None)

    def recipients(self, kind: Kind) -> tuple[str, ...]:
        """Return to whom a kind for the clinic goes: an escalation to the manager, where one is named."""
        if kind is Kind.NOTICE:
            return self.alerts.channels
        return self.reminders.manager or self.reception if kind is Kind.ESCALATION else self.reception

    def condition_title(self, slug: str) -> str | None:
        """Return the title of a condition page in English, or None for a slug that is none."""
        found = self.about(slug)
        return found.title if found else None

    def spoken(self, locale: Locale) -> Locale:
        """Return a language if the clinic speaks it, else its first."""
        return locale if locale in self.languages else self.languages[0]

    def practice(self, site: str = "") -> Practice:
        """Return how a site presents itself (its slug); the clinic as a whole for none, or one that is not there."""
        own = self._site(site)
        if own is None:
            return Practice(self.name, None, self.phone, self.address)
        return Practice(self.name, own.name, own.phone or self.phone, own.address or self.address)

    def site_name(self, slug: str) -> str | None:
        """Return the name of a site, or None for a slug that is none."""
        return self.practice(slug).site

    def _site(self, slug: str) -> Site | None:
        return next((item for item in self.site if item.slug == slug), None)

    def canonical(self) -> bytes:
        """Return the facts as JSON bytes that are the same for the same facts."""
        return self.model_dump_json().encode()

    def edition(self) -> str:
        """Return 16 hexadecimal digits that name this edition of the facts."""
        return hashlib.sha256(self.canonical()).hexdigest()[:16]


@lru_cache(maxsize=64)
def _schedule(facts: ClinicFacts, site: str) -> Schedule:
    return Schedule(facts.hours(site))

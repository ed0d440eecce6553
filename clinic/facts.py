"""Clinic facts: the one file that the clinic's web developer edits, read and checked."""

import hashlib
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from clinic.address import Address
from clinic.delivery import Kind
from clinic.errors import ConfigurationError
from clinic.hours import Closure, HoursFacts, ReplyTarget, Schedule, SpecialHours
from clinic.languages import Locale

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\r\n]+$")]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$", max_length=300)]
HOURS = (
    "timezone",
    "opening_hours",
    "bank_holidays",
    "bank_holiday_hours",
    "bank_holiday_substitutes",
    "closure",
    "special_hours",
)


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RedFlags(_Facts):
    """Signs that can't wait for a reply, in the words of the clinician who answers for them; we never invent any.

    What is not said in Welsh is shown in English.
    """

    advice: Line
    signs: Annotated[tuple[Line, ...], Field(min_length=1, max_length=12)]
    advice_cy: Line | None = None
    signs_cy: Annotated[tuple[Line, ...], Field(max_length=12)] = ()
    reviewer: Line
    reviewed: date

    @model_validator(mode="after")
    def _told_whole(self) -> Self:
        if (self.advice_cy or self.signs_cy) and not (self.advice_cy and len(self.signs_cy) == len(self.signs)):
            raise ValueError(
                "the Welsh is not whole: give advice_cy and as many signs_cy as there are signs, or neither"
            )
        return self


class Condition(_Facts):
    """A condition page of the website that carries the form."""

    slug: Slug
    title: Line
    title_cy: Line | None = None
    red_flags: RedFlags | None = None

    def title_in(self, locale: Locale) -> str:
        """Return its title in a language, in English where the clinic file has no other."""
        return (self.title_cy if locale == "cy" else None) or self.title


class Site(_Facts):
    """One of several places of the clinic; whatever it leaves out is as the clinic's."""

    slug: Slug
    name: Line
    address: Line | None = None
    phone: Line | None = None
    opening_hours: str | None = None
    bank_holidays: str | None = None
    bank_holiday_hours: str | None = None
    bank_holiday_substitutes: str | None = None
    closure: tuple[Closure, ...] | None = None
    special_hours: tuple[SpecialHours, ...] | None = None


class Reply(_Facts):
    """What we promise: how soon a patient hears from us, counted in open hours."""

    target: ReplyTarget


class Alerts(_Facts):
    """How reception is told; beyond `flood` alerts in ten minutes (0: never) lists take their place.

    `channels` names where else it is told; the address of each is a setting, for it is a secret.
    """

    detail: Literal["full", "link"] = "full"
    out_of_hours: Literal["immediate", "hold"] = "immediate"
    digest: bool = True
    flood: Annotated[int, Field(ge=0, le=1000)] = 20
    channels: Annotated[tuple[Slug, ...], Field(max_length=9)] = ()


class Reminders(_Facts):
    """How the promise is watched: reminded after so many percent of the reply time (0: never), escalated at its end."""

    after: Annotated[int, Field(ge=0, le=95)] = 75
    manager: Annotated[tuple[Address, ...], Field(max_length=9)] = ()


class ClinicFacts(_Facts):
    """Everything `clinic.toml` says."""

    name: Line
    phone: Line
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
        own = next((item for item in self.site if item.slug == site), None)
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

    def condition_title(self, slug: str, locale: Locale = "en") -> str | None:
        """Return the title of a condition page, or None for a slug that is none."""
        found = self.about(slug)
        return found.title_in(locale) if found else None

    def spoken(self, locale: Locale) -> Locale:
        """Return a language if the clinic speaks it, else its first."""
        return locale if locale in self.languages else self.languages[0]

    def site_name(self, slug: str) -> str | None:
        """Return the name of a site, or None for a slug that is none."""
        return next((item.name for item in self.site if item.slug == slug), None)

    def canonical(self) -> bytes:
        """Return the facts as JSON bytes that are the same for the same facts."""
        return self.model_dump_json().encode()

    def edition(self) -> str:
        """Return 16 hexadecimal digits that name this edition of the facts."""
        return hashlib.sha256(self.canonical()).hexdigest()[:16]


@lru_cache(maxsize=64)
def _schedule(facts: ClinicFacts, site: str) -> Schedule:
    return Schedule.of(facts.hours(site))


def read_facts(path: Path) -> ClinicFacts:
    """Read and check the clinic file; raise ConfigurationError with every fault in it."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError([f"CLINIC_FILE: there is no file {path}: create it or name another"]) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError([f"CLINIC_FILE: {path} can't be read: {error}"]) from None
    return check_facts(document, path.name)


def check_facts(document: Mapping[str, object], file: str) -> ClinicFacts:
    """Check a parsed clinic file; raise ConfigurationError with every fault in it, each naming its setting."""
    faults: dict[str, str] = {}
    facts = None
    try:
        facts = ClinicFacts.model_validate(document)
    except ValidationError as error:
        faults |= _told(error)
    try:
        # Whatever else is wrong, so that one look at the file mends it all.
        HoursFacts.model_validate({name: document[name] for name in HOURS if name in document})
    except ValidationError as error:
        faults = _told(error) | faults
    if facts is not None and not faults:
        for site in facts.site:
            try:
                facts.hours(site.slug)
            except ValidationError as error:
                faults |= _told(error, f"site {site.slug}: ")
    if facts is None or faults:
        raise ConfigurationError([f"{file}: {name}: {fault}" for name, fault in faults.items()])
    return facts


def _told(error: ValidationError, where: str = "") -> dict[str, str]:
    """Return the faults by the settings they are in, in pydantic's words without its grammar."""
    told: dict[str, str] = {}
    for fault in error.errors(include_url=False, include_input=False):
        path = [str(part) for part in fault["loc"] if not str(part).startswith(("is-instance", "function-", "chain"))]
        if fault["type"] != "is_instance_of":
            told[where + ".".join(path or ["the file"])] = fault["msg"].removeprefix("Value error, ")
    return told

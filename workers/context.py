"""What every mail may speak of: the clinic as it presents itself, and the times of an enquiry in words."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from clinic.facts import ClinicFacts
from clinic.hours import (
    Promise,
    bank_holiday_line,
    by,
    coming_lines,
    day_and_time,
    hours_lines,
    mail_sentence,
    promise,
)
from clinic.languages import Locale
from clinic.phone import dialled
from clinic.record import Record

COMING_DAYS = 14


@dataclass(frozen=True, slots=True)
class Clinic:
    """The clinic, or the site of it that was written to, as it presents itself."""

    name: str
    site: str | None
    address: str
    phone: str
    dial: str | None
    website: str
    privacy_notice: str
    nation: str
    hours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Times:
    """The times of an enquiry in words, all judged at the instant it was received."""

    open: bool
    reason: str | None
    received: str
    promise: str
    reply_by: str
    reply_by_at: datetime
    coming: tuple[str, ...]


@lru_cache(maxsize=64)
def clinic_of(facts: ClinicFacts, slug: str, locale: Locale = "en") -> Clinic:
    """Return the clinic as a site of it presents itself; an empty or unknown slug is the clinic as a whole."""
    practice = facts.practice(slug)
    hours = facts.hours(slug)
    holidays = bank_holiday_line(hours, locale=locale)
    return Clinic(
        name=practice.clinic,
        site=practice.site,
        address=practice.address,
        phone=practice.phone,
        dial=dialled(practice.phone),
        website=facts.website,
        privacy_notice=facts.privacy_notice,
        nation=hours.bank_holidays,
        hours=(*hours_lines(hours, locale=locale), *([holidays] if holidays else [])),
    )


def times_of(record: Record, facts: ClinicFacts, locale: Locale = "en") -> Times:
    """Return the times of an enquiry; raise HoursError where the clinic does not open within a year or so."""
    # As on the page that was shown at once: opening hours know no less than a minute.
    return _times(facts, record.enquiry.site, record.received_at.replace(microsecond=0), locale)


# An enquiry's mails are made one soon after the other, and in a burst many are of one second.
@lru_cache(maxsize=1024)
def _times(facts: ClinicFacts, site: str, second: datetime, locale: Locale) -> Times:
    made = promise(facts.schedule(site), second, locale=locale)
    today = made.received_at.astimezone(made.timezone).date()
    return Times(
        open=made.open_now,
        reason=made.reason,
        received=day_and_time(made.received_at, made.timezone, locale=locale),
        promise=mail_sentence(made, locale=locale),
        reply_by=_reply_by(made, locale),
        reply_by_at=made.reply_by,
        coming=_coming(facts, site, today, locale),
    )


@lru_cache(maxsize=64)
def _coming(facts: ClinicFacts, site: str, today: date, locale: Locale) -> tuple[str, ...]:
    return tuple(coming_lines(facts.schedule(site), today, days=COMING_DAYS, locale=locale))


def _reply_by(made: Promise, locale: Locale) -> str:
    return by(made.reply_by, made.received_at, made.timezone, same_day=None, locale=locale)

"""Composes digests: one list of what came in while the clinic was closed, soonest reply first."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from clinic.delivery import DeliveryName
from clinic.digest import opening_of
from clinic.hours import HoursError, day_and_time
from clinic.languages import TAGS
from clinic.patient import Patient, patient_of
from clinic.records import Digest, Subject
from clinic.reference import spaced
from clinic.templates import MailTemplates
from workers.context import clinic_of, times_of
from workers.mails import RECEPTION_SPEAKS, packaged
from workers.message import Mail

# A flood must not make a mail that no program shows whole; the rest is listed by reference.
SHOWN_AT_MOST = 50


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One enquiry on the list."""

    reference: str
    reply_by: str
    reply_by_at: datetime
    received: str
    site: str | None
    patient: Patient | None


def compose_digest(name: DeliveryName, digest: Digest, *, templates: MailTemplates | None = None) -> Mail:
    """Return the digest for one address of reception; the same arguments always give an equal mail.

    Raises TemplateFault.
    """
    entries = _entries(digest)
    values: dict[str, object] = {
        "language": TAGS[RECEPTION_SPEAKS],
        "clinic": clinic_of(digest.facts, ""),
        "count": len(entries) + len(digest.unread),
        "entries": entries[:SHOWN_AT_MOST],
        "more": [entry.reference for entry in entries[SHOWN_AT_MOST:]],
        "unread": [spaced(reference) for reference in digest.unread],
        "overdue": [spaced(reference) for reference in digest.overdue],
        "undeliverable": [spaced(reference) for reference in digest.undeliverable],
        "aside": [spaced(reference) for reference in digest.aside],
    }
    rendered = (templates or packaged()).render(name.kind, values)
    return _mail(name, digest, rendered.subject, rendered.text, rendered.html)


def plain_digest(name: DeliveryName, digest: Digest) -> Mail:
    """Return the digest in plain text without a template, for when the template is broken: references and times."""
    entries = _entries(digest)
    subject = f"Enquiries that came in while you were closed: {len(entries) + len(digest.unread)}"
    lines = [
        f"{subject}.",
        "Each has an alert of its own with what the patient wrote.",
        "",
        *(f"{entry.reference}: contact {entry.reply_by}" for entry in entries),
        *(f"{spaced(reference)}: can't be read" for reference in digest.unread),
        *(f"{spaced(reference)}: overdue" for reference in digest.overdue),
        *(f"{spaced(reference)}: could not be emailed, please phone" for reference in digest.undeliverable),
        *(f"{spaced(reference)}: set aside as spam" for reference in digest.aside),
        "",
        "This mail is plain because its template has a fault: please tell whoever looks after this service.",
    ]
    return _mail(name, digest, subject, "\n".join(lines) + "\n", None)


def _entries(digest: Digest) -> list[Entry]:
    return sorted((_entry(member) for member in digest.members), key=lambda entry: (entry.reply_by_at, entry.reference))


def _entry(member: Subject) -> Entry:
    record, facts = member.record, member.facts
    try:
        times = times_of(record, facts)
        reply_by, reply_by_at = times.reply_by, times.reply_by_at
    except HoursError:
        reply_by, reply_by_at = "as soon as you can", record.received_at
    return Entry(
        reference=spaced(record.reference),
        reply_by=reply_by,
        reply_by_at=reply_by_at,
        received=day_and_time(record.received_at, ZoneInfo(facts.timezone)),
        site=facts.site_name(record.enquiry.site),
        patient=patient_of(record, facts) if facts.alerts.detail == "full" else None,
    )


def _mail(name: DeliveryName, digest: Digest, subject: str, text: str, html: str | None) -> Mail:
    facts = digest.facts
    domain = facts.sender.rpartition("@")[2]
    return Mail(
        sender_name=facts.name,
        sender=facts.sender,
        to=facts.reception[name.recipient],
        reply_to=None,
        subject=subject,
        text=text,
        html=html,
        message_id=f"<{digest.reference}.{name}@{domain}>".lower(),
        date=opening_of(digest.reference).astimezone(UTC),
    )

"""Composes digests: one list of what came in while the clinic was closed, or in a flood, soonest reply first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from textwrap import shorten
from typing import Literal
from zoneinfo import ZoneInfo

from clinic.delivery import DeliveryName, Kind
from clinic.hours import HoursError, day_and_time
from clinic.languages import TAGS
from clinic.patient import Patient, patient_of
from clinic.records import Subject
from clinic.reference import spaced
from clinic.templates import MailTemplates
from workers.claimed import Digest
from workers.context import clinic_of, times_of
from workers.desk import desk_of
from workers.mail import Mail
from workers.mails import RECEPTION_SPEAKS, packaged

MESSAGE_AT_MOST = 200  # characters of a message in a list
MORE = " …"


@dataclass(frozen=True, slots=True, repr=False)
class Entry:
    """One enquiry on the list."""

    reference: str
    reply_by: str
    reply_by_at: datetime
    received: str
    site: str | None
    patient: Patient | None
    message: str
    unconfirmed: str
    link: str
    desk: str


def compose_digest(name: DeliveryName, digest: Digest, *, templates: MailTemplates | None = None) -> Mail:
    """Return the digest for one address of reception; the same arguments always give an equal mail.

    Raises TemplateFault.
    """
    entries = entries_of(digest.members)
    values: dict[str, object] = {
        "language": TAGS[RECEPTION_SPEAKS],
        "clinic": clinic_of(digest.facts, ""),
        "count": len(entries) + len(digest.unread),
        "entries": entries,
        "messages": _messages(entries, digest),
        "unread": [spaced(reference) for reference in digest.unread],
        "contacted": {spaced(reference) for reference in digest.contacted},
        "waiting": digest.waiting,
        "overdue": [_waiting(reference, found) for reference, found in digest.overdue],
        "overdue_more": len(digest.overdue_more),
        "undeliverable": [_waiting(reference, found) for reference, found in digest.undeliverable],
        "undeliverable_more": len(digest.undeliverable_more),
        "aside": [_quarantined(reference, found) for reference, found in digest.quarantined],
        "aside_more": len(digest.quarantined_more),
        "aside_before": digest.quarantined_before,
    }
    rendered = (templates or packaged()).render(name.kind, values)
    return _mail(name, digest, rendered.subject, rendered.text, rendered.html)


def plain_digest(name: DeliveryName, digest: Digest) -> Mail:
    """Return the digest in plain text without a template, for when the template is broken: by when, and whom."""
    entries, done = entries_of(digest.members), {spaced(reference) for reference in digest.contacted}
    listed = "More enquiries" if name.kind is Kind.FLOOD else "Enquiries that came in while you were closed"
    subject = f"{listed}: {len(entries) + len(digest.unread)}"
    lines = [
        f"{subject}.",
        "",
        *(line for entry in entries for line in _plain(entry, contacted=entry.reference in done)),
        *(f"{spaced(reference)}: its record can't be opened" for reference in digest.unread),
        *(f"{spaced(reference)}: overdue" for reference, _ in digest.overdue),
        *(f"{spaced(reference)}: could not be emailed, please phone" for reference, _ in digest.undeliverable),
        *(f"{spaced(reference)}: set aside as spam" for reference, _ in digest.quarantined),
        *(
            f"{len(more)} more {what}"
            for what, more in (
                ("overdue", digest.overdue_more),
                ("could not be emailed, please phone", digest.undeliverable_more),
                ("set aside as spam", digest.quarantined_more),
            )
            if more
        ),
        "",
        "This mail is plain because its template has a fault: please tell whoever looks after this service.",
    ]
    return _mail(name, digest, subject, "\n".join(lines) + "\n", None)


def entries_of(members: Sequence[Subject]) -> list[Entry]:
    """Return enquiries as they are listed, the soonest reply first."""
    return sorted((_entry(member) for member in members), key=lambda entry: (entry.reply_by_at, entry.reference))


def _entry(member: Subject) -> Entry:
    record, facts = member.record, member.facts
    patient = patient_of(record, facts) if facts.alerts.detail == "full" else None
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
        patient=patient,
        message=_beginning(" ".join(patient.message)) if patient else "",
        unconfirmed=record.unconfirmed,
        link=record.link,
        desk=desk_of(record, facts),
    )


def _messages(entries: Sequence[Entry], digest: Digest) -> Literal["nowhere", "alerts", "lists"]:
    """Return where reception finds what they wrote: in mails, where they show it; in lists too, where some flooded."""
    if not all(entry.patient for entry in entries):
        return "nowhere"
    return "lists" if digest.flooded else "alerts"


def _plain(entry: Entry, *, contacted: bool) -> list[str]:
    """Return how an enquiry is listed without a template."""
    patient = entry.patient
    whom = [patient.name or "no name", patient.phone or "no phone number", patient.email] if patient else [entry.desk]
    asked = "contacted since" if contacted else f"contact {entry.reply_by}"
    return [
        f"{entry.reference}: {asked} {entry.link}".rstrip(),
        *([f"  {', '.join(whom)}"] if any(whom) else []),
    ]


def _beginning(message: str) -> str:
    """Return as much of a message as a list has room for: whole words, where there are any to cut between."""
    text = " ".join(message.split())
    words = shorten(text, MESSAGE_AT_MOST, placeholder=MORE)
    # Chinese, Japanese and Thai have no spaces, nor has a long link.
    return words if len(words) > MESSAGE_AT_MOST // 2 or words == text else text[: MESSAGE_AT_MOST - len(MORE)] + MORE


def _waiting(reference: str, found: Subject | None) -> dict[str, object]:
    """Return how an enquiry that waits is listed: by when, whom to reach, and where it is marked as contacted."""
    entry = _entry(found) if found else None
    return {
        "reference": spaced(reference),
        "reply_by": entry.reply_by if entry else "",
        "patient": entry.patient if entry else None,
        "link": entry.link if entry else "",
        "desk": entry.desk if entry else "",
    }


def _quarantined(reference: str, found: Subject | None) -> dict[str, str]:
    """Return how an enquiry that was set aside is listed: by whom, what it says, and where it is released."""
    entry = _entry(found) if found else None
    return {
        "reference": spaced(reference),
        "name": entry.patient.name if entry and entry.patient else "",
        "message": entry.message if entry else "",
        "link": found.record.not_spam if found else "",
        "desk": entry.desk if entry else "",
    }


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
        date=digest.due.astimezone(UTC),
    )

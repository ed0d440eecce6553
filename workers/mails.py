"""Composes mails: from an enquiry and the clinic facts at its acceptance, and from nothing else."""

import re
from collections.abc import Mapping
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from clinic.clock import instant
from clinic.delivery import DeliveryName, Kind
from clinic.facts import ClinicFacts
from clinic.hours import HoursError, day_and_time
from clinic.languages import TAGS, Locale
from clinic.patient import Patient, first_name, patient_of
from clinic.record import Record
from clinic.reference import spaced
from clinic.templates import MailTemplates
from workers.context import clinic_of, times_of
from workers.desk import desk_of
from workers.mail import Head, Mail
from workers.message import filled_bytes
from workers.stencils import Stencils

TEMPLATES = Path(__file__).resolve().parent.parent / "email_templates"
RECEPTION_SPEAKS: Locale = "en"
# How a plain mail opens, and its subject before and after the reference, for each kind that reception reads.
PLAIN = {
    Kind.ALERT: ("New enquiry", "Enquiry", ", contact"),
    Kind.UNDELIVERABLE: ("We could not email this patient: please phone. Enquiry", "Please phone: enquiry", ","),
    Kind.REMINDER: ("Nobody has marked this as contacted. Enquiry", "Reminder: enquiry", ", contact"),
    Kind.ESCALATION: (
        "Nobody has answered this enquiry, and its reply is due:",
        "Reply due: enquiry",
        ", promised",
    ),
}
CAUSE = re.compile(r"[a-z0-9-]{1,40}")
Why = Literal["address", "refused", "in_doubt", "silence", "template", "unknown"]


@cache
def packaged() -> MailTemplates:
    """Return the templates that come with the service."""
    return MailTemplates(TEMPLATES)


def compose(
    name: DeliveryName,
    record: Record,
    facts: ClinicFacts,
    *,
    cause: str | None = None,
    asked_ms: int = 0,
    templates: MailTemplates | None = None,
) -> Mail:
    """Return the mail of one delivery; the same arguments always give an equal mail.

    `facts` are those at acceptance, which `record.facts` names. `cause` is why the confirmation did not go out, as the
    sender's Outcome names it ("rcpt-550"); only the undeliverable mail speaks of it. `asked_ms` is that of the claim.
    Raises TemplateFault, and HoursError where these facts allow no promise.
    """
    locale = facts.spoken(record.enquiry.locale) if name.kind is Kind.CONFIRMATION else RECEPTION_SPEAKS
    rendered = (templates or packaged()).render(name.kind, _values(name, record, facts, cause, locale), locale)
    head = _head(name, record, facts, rendered.subject, asked_ms)
    return _mail(head, rendered.text, rendered.html)


def letter(
    name: DeliveryName,
    record: Record,
    facts: ClinicFacts,
    *,
    cause: str | None = None,
    asked_ms: int = 0,
    stencils: Stencils,
) -> tuple[Head, bytes] | None:
    """Return what `compose` returns, as it travels, made by a stencil; None where it can't be. Raises as that does."""
    locale = facts.spoken(record.enquiry.locale) if name.kind is Kind.CONFIRMATION else RECEPTION_SPEAKS
    filled = stencils.fill(name.kind, _values(name, record, facts, cause, locale), locale)
    if filled is None:
        return None
    head = _head(name, record, facts, filled.subject, asked_ms)
    content = filled_bytes(head, filled.text, filled.html)
    return None if content is None else (head, content)


def plain_alert(record: Record, facts: ClinicFacts, name: DeliveryName, asked_ms: int = 0) -> Mail:
    """Return reception's mail in plain text without a template, for when the template is broken.

    It states all that reception must know, and does without a reply-by time where none can be worked out.
    """
    reference, patient = spaced(record.reference), patient_of(record, facts)
    opening, urged, asked = PLAIN[name.kind]
    try:
        due = times_of(record, facts).reply_by
    except HoursError:
        due = "as soon as you can"
    lines = [
        f"{opening} {reference}",
        f"Please contact this patient {due}.",
        *(["Mark as contacted:", record.link] if record.link else []),
        *(["No email was sent to the patient: they have not heard from you yet."] if record.unconfirmed else []),
        *(
            _shown(record, facts, patient)
            if facts.alerts.detail == "full"
            else ["What they wrote is at the desk.", *filter(None, [desk_of(record, facts)])]
        ),
        "",
        "This mail is plain because its template has a fault: please tell whoever looks after this service.",
    ]
    subject = f"{urged} {reference}{asked} {due}"
    return _mail(_head(name, record, facts, subject, asked_ms), "\n".join(lines) + "\n", None)


def _shown(record: Record, facts: ClinicFacts, patient: Patient) -> list[str]:
    """Return who wrote and what, inert."""
    return [
        "",
        f"Name: {patient.name}",
        f"Phone: {patient.phone or 'not given'}",
        f"Email: {patient.email}",
        f"Contact them: {patient.way}",
        f"When: {patient.contact_when or 'not said'}",
        f"Condition: {patient.condition or 'not said'}",
        *([f"Language: {patient.language}"] if patient.language else []),
        f"Site: {facts.site_name(record.enquiry.site) or 'not given'}",
        f"Received: {day_and_time(record.received_at, ZoneInfo(facts.timezone))}",
        "",
        "Their message:",
        *(f"> {line}" for line in patient.message),
        "",
        "Unverified: this came from the website form, and anyone could have written it.",
    ]


def _values(
    name: DeliveryName, record: Record, facts: ClinicFacts, cause: str | None, locale: Locale
) -> Mapping[str, object]:
    """Return what the template is given; a confirmation gets no word of the visitor's but a first name."""
    values: dict[str, object] = {
        "language": TAGS[locale],
        "reference": spaced(record.reference),
        "clinic": clinic_of(facts, record.enquiry.site, locale),
        "times": times_of(record, facts, locale),
    }
    if name.kind is Kind.CONFIRMATION:
        return values | {"first_name": first_name(record.enquiry.name)}
    shown = patient_of(record, facts) if facts.alerts.detail == "full" else None
    values |= {"patient": shown, "unconfirmed": record.unconfirmed, "link": record.link, "desk": desk_of(record, facts)}
    if name.kind is Kind.UNDELIVERABLE:
        values |= {"why": _why(cause), "cause": cause if cause and CAUSE.fullmatch(cause) else None}
    return values


def _why(cause: str | None) -> Why:
    """Return which plain words explain a cause: the stage and the answer to it, or one word of the attempt's own."""
    stage, _, answer = (cause or "").partition("-")
    if answer.startswith("5"):
        return "address" if stage == "rcpt" else "refused"
    if stage == "dot":
        return "in_doubt"
    if cause == "too-old" or answer == "silence" or answer.startswith("4"):
        return "silence"
    return "template" if cause == "template" else "unknown"


def _mail(head: Head, text: str, html: str | None) -> Mail:
    return Mail(
        head.sender_name, head.sender, head.to, head.reply_to, head.subject, head.message_id, head.date, text, html
    )


def _head(name: DeliveryName, record: Record, facts: ClinicFacts, subject: str, asked_ms: int) -> Head:
    """Address a mail: a patient's answers go to reception, an alert is answered by writing to the patient anew."""
    to_patient = name.kind is Kind.CONFIRMATION
    domain, again = facts.sender.rpartition("@")[2], f".{asked_ms}" if asked_ms else ""
    written = instant(asked_ms) if asked_ms else record.received_at
    return Head(
        sender_name=facts.name,
        sender=facts.sender,
        to=record.enquiry.email if to_patient else facts.recipients(name.kind)[name.recipient],
        reply_to=facts.reception[0] if to_patient else None,
        subject=subject,
        message_id=f"<{record.reference}.{name}{again}@{domain}>".lower(),
        date=written.astimezone(UTC),
    )

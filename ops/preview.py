"""Previews: every mail in every state, written to files for a person to look at."""

import html
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

from clinic.delivery import DeliveryName, Kind
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts, Site, read_facts
from clinic.hours import Closure
from clinic.record import Record
from clinic.records import Digest, Subject, Waiting
from clinic.settings import ROOT
from workers.digests import compose_digest, plain_digest
from workers.mail import Mail
from workers.mails import compose, plain_alert
from workers.message import message_bytes

OPEN = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
CLOSED = datetime(2026, 11, 23, 21, 40, tzinfo=UTC)
CLOSED_LATER = datetime(2026, 11, 23, 23, 55, tzinfo=UTC)
BANK_HOLIDAY = datetime(2026, 12, 25, 9, 30, tzinfo=UTC)
IN_CLOSURE = datetime(2026, 8, 11, 11, 0, tzinfo=UTC)
TO_RECEPTION = (Kind.ALERT, Kind.UNDELIVERABLE, Kind.REMINDER, Kind.ESCALATION)
DUE = datetime(2026, 11, 24, 8, tzinfo=UTC)
NOT_SPAM = "https://enquiries.purephysiotherapy.example/not-spam/CFGH3467.1795428300000.example"
LINK = "https://enquiries.purephysiotherapy.example/contacted/CFGH3467.1795428300000.example"
REFERENCES = ["".join(letters) for letters in product("CFGH", "CFGHJKMNPRTVWXY", "G", "H", "3", "4", "6", "7")]
HOSTILE = """</td></table><h1>NHS</h1><a href=https://evil.test/login>log in</a><img src=//track.test/p.gif>
Please open https://evil.test/win?a=b#c or www.evil.test or 192.0.2.7, write to boss@evil.test or call tel:0909123
\u202egpj.exe\u202c \u200bzero\u200bwidth {{ 7*7 }} {% include 'x' %} \\\\evil\\share javascript:alert(1)
.
From: someone else
"""
ENQUIRY = Enquiry(
    name="Sam Okafor",
    email="sam.okafor@example.org",
    phone="01632 960 456",
    contact_by="either",
    contact_when="weekday mornings",
    condition="sacro-iliac-joint-pain",
    message="Good morning,\n\nmy lower back has hurt on one side for about 3.5 weeks.\nCould I see somebody next week?",
)


@dataclass(frozen=True, slots=True)
class Case:
    """One state to show: what was written, when, under which facts, and why a confirmation failed."""

    name: str
    delivery: DeliveryName
    received_at: datetime
    enquiry: Enquiry
    facts: ClinicFacts
    cause: str | None = None
    template_broken: bool = False

    def mail(self) -> Mail:
        """Return the mail of this state."""
        record = Record(
            reference="CFGH3467",
            received_at=self.received_at,
            facts=self.facts.digest(),
            enquiry=self.enquiry,
            link=LINK,
        )
        if self.template_broken:
            return plain_alert(record, self.facts, self.delivery)
        return compose(self.delivery, record, self.facts, cause=self.cause)


@dataclass(frozen=True, slots=True)
class DigestCase:
    """One state of a list: what came in and when, what can't be read, and under which facts.

    `waiting` is how many are overdue and how many could not be emailed, the last of each unreadable; `aside` what was
    set aside, None for the unreadable, and `aside_before` how many since longer.
    """

    name: str
    received: Sequence[tuple[datetime, Enquiry]]
    facts: ClinicFacts
    unread: Sequence[str] = ()
    kind: Kind = Kind.DIGEST
    waiting: tuple[int, int] = (0, 0)
    aside: Sequence[Enquiry | None] = ()
    aside_before: int = 0
    unconfirmed: str = ""
    template_broken: bool = False

    def mail(self) -> Mail:
        """Return the mail of this state."""
        name, digest = DeliveryName(self.kind), self.digest()
        return plain_digest(name, digest) if self.template_broken else compose_digest(name, digest)

    def digest(self) -> Digest:
        """Return what the list is made of."""
        members = [self._subject(REFERENCES[number], *one) for number, one in enumerate(self.received)]
        aside = [
            (REFERENCES[55 + number], self._subject(REFERENCES[55 + number], CLOSED, one) if one else None)
            for number, one in enumerate(self.aside)
        ]
        overdue, undeliverable = (self._waiting(40, self.waiting[0]), self._waiting(50, self.waiting[1]))
        return Digest(
            "D20261124T080000Z",
            members,
            self.unread,
            DUE,
            self.facts,
            overdue,
            undeliverable,
            aside,
            self.aside_before,
        )

    def _waiting(self, first: int, count: int) -> Waiting:
        return [
            (reference, self._subject(reference, OPEN, ENQUIRY) if number < count - 1 else None)
            for number, reference in enumerate(REFERENCES[first : first + count])
        ]

    def _subject(self, reference: str, at: datetime, enquiry: Enquiry) -> Subject:
        record = Record(
            reference=reference,
            received_at=at,
            facts="",
            enquiry=enquiry,
            link=LINK,
            not_spam=NOT_SPAM,
            unconfirmed=self.unconfirmed,
        )
        return Subject(record, self.facts)


def digests(facts: ClinicFacts) -> list[DigestCase]:
    """Return the states of a digest."""
    shown = {case.name: case.enquiry for case in cases(facts)}
    three = [(CLOSED, shown["alert-closed"]), (CLOSED_LATER, shown["alert-site"]), (CLOSED, shown["alert-no-phone"])]
    with_site = next(case.facts for case in cases(facts) if case.name == "alert-site")
    by_link = with_site.model_copy(update={"alerts": facts.alerts.model_copy(update={"detail": "link"})})
    many = [(CLOSED + timedelta(minutes=number), ENQUIRY) for number in range(60)]
    return [
        DigestCase("digest-one", three[:1], facts),
        DigestCase("digest-three", three, with_site),
        DigestCase("digest-hostile", [(CLOSED, shown["alert-hostile"])], facts),
        DigestCase("digest-unread", three[:2], with_site, unread=["CFGH3467"]),
        DigestCase("digest-many", many, facts),
        DigestCase(
            "digest-waiting",
            three[:1],
            facts,
            waiting=(3, 2),
            aside=[ENQUIRY, shown["alert-hostile"], None],
            aside_before=4,
        ),
        DigestCase("digest-nobody", [], facts, waiting=(3, 0)),
        DigestCase("digest-none-waits-any-more", [], facts),
        DigestCase("digest-waiting-link", [], by_link, waiting=(2, 2), aside=[ENQUIRY], aside_before=1),
        DigestCase("digest-link", three, by_link, aside=[ENQUIRY]),
        DigestCase("flood-three", three, with_site, kind=Kind.FLOOD),
        DigestCase("flood-hostile", [(CLOSED, shown["alert-hostile"])], facts, kind=Kind.FLOOD),
        DigestCase("flood-unconfirmed", three[:1], facts, kind=Kind.FLOOD, unconfirmed="breaker"),
        DigestCase("flood-many", many, facts, kind=Kind.FLOOD),
        DigestCase("flood-link", three, by_link, kind=Kind.FLOOD),
        DigestCase("flood-template-broken", three, with_site, ["CFGH3467"], Kind.FLOOD, template_broken=True),
        DigestCase("digest-template-broken", three, with_site, unread=["CFGH3467"], template_broken=True),
    ]


def cases(facts: ClinicFacts) -> list[Case]:
    """Return every state of every mail, under the given clinic facts."""
    confirmation, alert = DeliveryName(Kind.CONFIRMATION), DeliveryName(Kind.ALERT)
    undeliverable = DeliveryName(Kind.UNDELIVERABLE)
    closure = Closure.model_validate({"from": "2026-08-10", "until": "2026-08-14", "note": "staff training"})
    with_closure = facts.model_copy(update={"closure": (closure,)})
    with_site = facts.model_copy(update={"site": (Site(slug="riverside", name="Riverside", phone="01632 960789"),)})
    no_phone = ENQUIRY.model_copy(update={"phone": "", "contact_by": "email", "contact_when": "", "condition": ""})
    no_plain_name = ENQUIRY.model_copy(update={"name": "O'Brien-Ní Dhomhnaill"})
    at_site = ENQUIRY.model_copy(update={"site": "riverside", "contact_by": "phone"})
    long_message = ENQUIRY.model_copy(update={"message": ("It hurts when I climb stairs. " * 166 + "x" * 200)[:5000]})
    hostile = ENQUIRY.model_copy(
        update={"name": "https://evil.test/win", "contact_when": "<b>now</b> evil.test", "message": HOSTILE}
    )
    confirmations = [
        Case("confirmation-open", confirmation, OPEN, ENQUIRY, facts),
        Case("confirmation-closed", confirmation, CLOSED, ENQUIRY, facts),
        Case("confirmation-bank-holiday", confirmation, BANK_HOLIDAY, ENQUIRY, facts),
        Case("confirmation-closure", confirmation, IN_CLOSURE, ENQUIRY, with_closure),
        Case("confirmation-site", confirmation, CLOSED, at_site, with_site),
        Case("confirmation-no-phone", confirmation, OPEN, no_phone, facts),
        Case("confirmation-no-plain-name", confirmation, OPEN, no_plain_name, facts),
        Case("confirmation-long-message", confirmation, OPEN, long_message, facts),
        Case("confirmation-hostile", confirmation, CLOSED, hostile, facts),
    ]
    by_link = facts.model_copy(update={"alerts": facts.alerts.model_copy(update={"detail": "link"})})
    causes = ("rcpt-550", "dot-554", "dot-silence", "too-old", "template", None)
    undelivered = Case("undeliverable-open", undeliverable, OPEN, ENQUIRY, facts, "rcpt-550")
    return [
        *confirmations,
        *(replace(case, name=case.name.replace("confirmation", "alert"), delivery=alert) for case in confirmations),
        replace(undelivered, name="undeliverable-no-phone", enquiry=no_phone),
        replace(undelivered, name="undeliverable-site", enquiry=at_site, facts=with_site),
        replace(undelivered, name="undeliverable-hostile", enquiry=hostile),
        *(replace(undelivered, name=f"undeliverable-{cause or 'unknown'}", cause=cause) for cause in causes),
        *(
            Case(f"{kind}-{name}", DeliveryName(kind), OPEN, enquiry, of)
            for kind in (Kind.REMINDER, Kind.ESCALATION)
            for name, enquiry, of in (
                ("open", ENQUIRY, facts),
                ("hostile", hostile, facts),
                ("site", at_site, with_site),
            )
        ),
        *(Case(f"{kind}-link", DeliveryName(kind), OPEN, ENQUIRY, by_link, "rcpt-550") for kind in TO_RECEPTION),
        Case("reminder-template-broken", DeliveryName(Kind.REMINDER), OPEN, ENQUIRY, facts, template_broken=True),
        Case("escalation-template-broken", DeliveryName(Kind.ESCALATION), OPEN, ENQUIRY, facts, template_broken=True),
        Case("alert-template-broken", alert, CLOSED, ENQUIRY, facts, template_broken=True),
        Case("undeliverable-template-broken", undeliverable, CLOSED, hostile, facts, template_broken=True),
    ]


def every(facts: ClinicFacts) -> list[Case | DigestCase]:
    """Return every state of everything that leaves the service."""
    return [*cases(facts), *digests(facts)]


def write_previews(folder: Path, facts: ClinicFacts | None = None) -> list[Path]:
    """Write every mail as .html, .txt and .eml, and an index.html of them; return the files, the index first.

    `facts` are those of the packaged clinic file where none are given.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    rows: list[str] = []
    for case in every(facts or read_facts(ROOT / "clinic.toml")):
        mail = case.mail()
        parts = {".html": mail.html, ".txt": mail.text, ".eml": message_bytes(mail).decode("ascii")}
        written = {ending: content for ending, content in parts.items() if content is not None}
        for ending, content in written.items():
            files.append(folder / f"{case.name}{ending}")
            files[-1].write_bytes(content.encode())
        links = " ".join(f'<a href="{case.name}{ending}">{case.name}{ending}</a>' for ending in written)
        rows.append(f"<tr><th scope=row>{html.escape(mail.subject)}</th><td>{links}</td></tr>")
    index = folder / "index.html"
    index.write_text(INDEX.format(rows="\n".join(rows)), encoding="utf-8")
    return [index, *files]


INDEX = """<!doctype html>
<html lang="en-GB"><meta charset="utf-8"><title>Every mail in every state</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<style>body{{font:16px/1.5 sans-serif;margin:2rem}}th{{text-align:left;font-weight:normal;padding-right:2rem}}</style>
<h1>Every mail in every state</h1>
<table>
{rows}
</table>
"""

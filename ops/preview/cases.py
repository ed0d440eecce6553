"""Cases: every state of every mail about one enquiry."""

from dataclasses import dataclass, replace
from datetime import datetime

from clinic.delivery import DeliveryName, Kind
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts, Site
from clinic.hours import Closure
from clinic.record import Record
from ops.preview.sample import BANK_HOLIDAY, CLOSED, ENQUIRY, HOSTILE, IN_CLOSURE, LINK, OPEN
from workers.mail import Mail
from workers.mails import compose, plain_alert

TO_RECEPTION = (Kind.ALERT, Kind.UNDELIVERABLE, Kind.REMINDER, Kind.ESCALATION)


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
            facts=self.facts.edition(),
            enquiry=self.enquiry,
            link=LINK,
        )
        if self.template_broken:
            return plain_alert(record, self.facts, self.delivery)
        return compose(self.delivery, record, self.facts, cause=self.cause)


def cases(facts: ClinicFacts) -> list[Case]:
    """Return every state of every mail, under the given clinic facts."""
    confirmation, alert = DeliveryName(Kind.CONFIRMATION), DeliveryName(Kind.ALERT)
    undeliverable = DeliveryName(Kind.UNDELIVERABLE)
    closure = Closure.model_validate({"from": "2026-08-10", "until": "2026-08-14", "note": "staff training"})
    with_closure = facts.model_copy(update={"closure": (closure,)})
    with_site = facts.model_copy(update={"site": (Site(slug="riverside", name="Riverside", phone="01632 960789"),)})
    no_phone = ENQUIRY.model_copy(update={"phone": "", "contact_by": "email", "contact_when": "", "condition": ""})
    by_email = ENQUIRY.model_copy(update={"contact_by": "email", "locale": "cy"})
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
        Case("alert-by-email", alert, OPEN, by_email, facts),
        replace(undelivered, name="undeliverable-no-phone", enquiry=no_phone),
        replace(undelivered, name="undeliverable-by-email", enquiry=by_email),
        replace(undelivered, name="undeliverable-site", enquiry=at_site, facts=with_site),
        replace(undelivered, name="undeliverable-hostile", enquiry=hostile),
        *(replace(undelivered, name=f"undeliverable-{cause or 'unknown'}", cause=cause) for cause in causes),
        *(
            Case(f"{kind}-{name}", DeliveryName(kind), OPEN, enquiry, of)
            for kind in (Kind.REMINDER, Kind.ESCALATION)
            for name, enquiry, of in (
                ("open", ENQUIRY, facts),
                ("by-email", by_email, facts),
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

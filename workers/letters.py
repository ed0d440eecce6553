"""Letters: the bytes that leave for a delivery, by a stencil, else by its templates, else plain where one is broken."""

from dataclasses import replace

from clinic.delivery import DeliveryName, Kind
from clinic.hours import HoursError
from clinic.logs import frames, logger
from clinic.records import Subject
from clinic.store import Store
from clinic.store.words import Claim
from clinic.templates import MailTemplates, TemplateFault
from workers.claimed import Digest
from workers.digests import compose_digest, plain_digest
from workers.mail import Head
from workers.mails import compose, letter, packaged, plain_alert
from workers.message import UnsafeMessage, message_bytes
from workers.stencils import Stencils


class Letters:
    """Makes the mails of a process."""

    def __init__(self, store: Store, templates: MailTemplates | None = None) -> None:
        """Compose with the packaged templates unless others are given."""
        self._store = store
        self._templates = templates or packaged()
        self._stencils = Stencils(self._templates)

    async def of(self, claim: Claim, subject: Subject | Digest) -> tuple[Head, bytes] | None:
        """Return the mail and its bytes; for a broken template the built-in alert to reception, None to a patient."""
        told = None
        if claim.name.kind is Kind.UNDELIVERABLE:
            told = await self._store.cause(claim.reference, DeliveryName(Kind.CONFIRMATION))
        try:
            return self._made(claim, subject, told)
        except (TemplateFault, UnsafeMessage, HoursError) as fault:
            logger().error("mail_not_composed", reference=claim.reference, delivery=str(claim.name), at=frames(fault))
        if not claim.name.kind.to_reception:
            return None
        if isinstance(subject, Digest):
            mail = plain_digest(claim.name, subject)
        else:
            mail = plain_alert(subject.record, subject.facts, claim.name, claim.asked_ms)
        try:
            return mail, message_bytes(mail)
        except UnsafeMessage:
            # What is left of the clinic file in it is checked addresses.
            unnamed = replace(mail, sender_name="")
            return unnamed, message_bytes(unnamed)

    def _made(self, claim: Claim, subject: Subject | Digest, told: str | None) -> tuple[Head, bytes]:
        name, asked_ms = claim.name, claim.asked_ms
        if isinstance(subject, Digest):
            mail = compose_digest(name, subject, templates=self._templates)
            return mail, message_bytes(mail)
        found = letter(name, subject.record, subject.facts, cause=told, asked_ms=asked_ms, stencils=self._stencils)
        if found is not None:
            return found
        mail = compose(name, subject.record, subject.facts, cause=told, asked_ms=asked_ms, templates=self._templates)
        return mail, message_bytes(mail)

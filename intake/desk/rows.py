"""Rows: enquiries as the desk shows them, unsealed for one page and kept nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from clinic.acts import MARKS, Act, Acts, last_of
from clinic.clock import Clock, milliseconds
from clinic.delivery import DeliveryName
from clinic.digest import digest_time
from clinic.facts import ClinicFacts
from clinic.hours import by, day_and_time
from clinic.patient import Patient, patient_of
from clinic.records import Records, Unreadable
from clinic.reference import spaced
from clinic.report import Report, read_cases, report_of, since
from clinic.store import Files
from clinic.store.files import View
from intake.desk.words import STATES, why

SHOWN_AT_MOST = 100
# Of these staff want to know why.
UNSENT = ("failed", "in_doubt", "suppressed")
NEEDS_ATTENTION = ("failed", "in_doubt")
# Views in which patients stand whom somebody has contacted, and others.
OF_BOTH = ("quarantined", "failed")
# A mail's name, its state and why, in plain words.
Mail = tuple[str, str, str]


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """One enquiry; `patient` is None where its record can't be read.

    A list of many that failed is a row too, and `digest` says of when it is. `failed` are its mails that failed or
    are in doubt; only the view of those tells them. `contacted` is told in the views `OF_BOTH` alone.
    """

    reference: str
    spaced: str
    received: str = ""
    reply_by: str = ""
    overdue: bool = False
    site: str | None = None
    patient: Patient | None = None
    digest: str = ""
    failed: Sequence[Mail] = ()
    contacted: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Sheet:
    """One enquiry with all that happened to it: its mails and what staff did, (when, act)."""

    row: Row
    mails: Sequence[Mail]
    history: Sequence[tuple[str, Act]]
    contacted: bool
    quarantined: bool
    erased: bool


class Rows:
    """Reads what the desk shows; raises StoreUnavailable."""

    def __init__(self, files: Files, records: Records, acts: Acts, facts: ClinicFacts, clock: Clock) -> None:
        self._files = files
        self._records = records
        self._acts = acts
        self._facts = facts
        self._clock = clock

    async def listed(self, view: View, page: int = 1) -> list[Row]:
        """Return the enquiries on one page of a view, the first page being 1."""
        now_ms = milliseconds(self._clock.now())
        references = await self._files.listed(view, now_ms, SHOWN_AT_MOST, (page - 1) * SHOWN_AT_MOST)
        found = await self._files.sealed(references)
        rows = [await self._row(reference, sealed) for reference, sealed in zip(references, found, strict=True)]
        if view not in OF_BOTH:
            return rows
        done = await self._files.contacted(references)
        rows = [replace(row, contacted=row.reference in done) for row in rows]
        return [replace(row, failed=await self._failed(row.reference)) for row in rows] if view == "failed" else rows

    async def _failed(self, reference: str) -> Sequence[Mail]:
        mails = await self._files.deliveries(reference)
        return [
            (_called(name), STATES[state], why(cause))
            for name, (state, cause) in mails.items()
            if state in NEEDS_ATTENTION
        ]

    async def counts(self) -> dict[View, int]:
        """Return how many stand in each view."""
        return await self._files.counts(milliseconds(self._clock.now()))

    async def report(self) -> Report:
        """Return how the promise was kept in the last weeks."""
        now, zone = self._clock.now(), self._facts.schedule().timezone
        return report_of(await read_cases(self._files, self._records, since(now, zone)), now, zone)

    async def sheet(self, reference: str) -> Sheet | None:
        """Return one enquiry, or None for a reference that was never given."""
        mails = await self._files.deliveries(reference)
        if not mails:
            return None
        [sealed] = await self._files.sealed([reference])
        history = await self._acts.history(reference)
        return Sheet(
            row=await self._row(reference, sealed),
            mails=[
                (_called(name), _standing(name, state), why(cause) if state in UNSENT else "")
                for name, (state, cause) in mails.items()
            ],
            history=[(day_and_time(act.at, self._facts.schedule().timezone), act) for act in history],
            contacted=last_of(history, "contacted", MARKS) is not None,
            quarantined=await self._acts.is_quarantined(reference),
            erased=not sealed,
        )

    async def _row(self, reference: str, sealed: bytes) -> Row:
        if of := digest_time(reference):
            return Row(reference, "", digest=f"List of {day_and_time(of, self._facts.schedule().timezone)}")
        try:
            subject = await self._records.subject(reference, sealed)
        except Unreadable:
            return Row(reference, spaced(reference))
        record, facts = subject.record, subject.facts
        zone = facts.schedule().timezone
        due = subject.reply_by()
        return Row(
            reference=reference,
            spaced=spaced(reference),
            received=day_and_time(record.received_at, zone, seen_from=self._clock.now()),
            reply_by=by(due, record.received_at, zone, same_day=None) if due else "as soon as you can",
            overdue=due is None or due <= self._clock.now(),
            site=facts.site_name(record.enquiry.site),
            patient=patient_of(record, facts),
        )


def _called(name: str) -> str:
    """Return how staff call a delivery: "Confirmation", "Alert", "Alert to address 2"."""
    parsed = DeliveryName.known(name)
    if parsed is None:
        return name  # another version's
    return parsed.kind.value.capitalize() + (f" to address {parsed.recipient + 1}" if parsed.recipient else "")


def _standing(name: str, state: str) -> str:
    parsed = DeliveryName.known(name)
    return "planned" if state == "due" and parsed is not None and parsed.kind.chases else STATES[state]

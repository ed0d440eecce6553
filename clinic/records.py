"""Reading what a claim is about: the record, unsealed, and the clinic facts it was accepted under."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from clinic.clock import milliseconds
from clinic.delivery import DeliveryName, Kind
from clinic.digest import digest_time, opening_before
from clinic.errors import SealBroken
from clinic.facts import ClinicFacts
from clinic.hours import HoursError
from clinic.plan import first_due
from clinic.record import Record, read_record
from clinic.seal import Seal
from clinic.store import Files, Store
from clinic.store.words import Claim

# Of each kind of what else waits, on a digest; the desk has them all.
LISTED_AT_MOST = 50


class Unreadable(Exception):
    """The record can't be read; `cause` says why in one word."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


@dataclass(frozen=True, slots=True)
class Subject:
    """An enquiry that mails are made of."""

    record: Record
    facts: ClinicFacts

    def first_due(self, name: DeliveryName) -> datetime:
        """Return when a delivery of it was first due."""
        schedule = self.facts.schedule(self.record.enquiry.site)
        return first_due(name, self.facts, schedule, self.record.received_at)

    def reply_by(self) -> datetime | None:
        """Return when a reply to it is due, or None where its facts allow no promise."""
        schedule = self.facts.schedule(self.record.enquiry.site)
        try:
            return schedule.reply_by(self.record.received_at)
        except HoursError:
            return None


# What waits, by reference, with the enquiry where it can be read.
Waiting = Sequence[tuple[str, Subject | None]]


@dataclass(frozen=True, slots=True)
class Digest:
    """What came in while the clinic was closed, or in a flood: the enquiries, and the references of the unreadable.

    With that of an opening goes what else waits for reception: `overdue` at the opening, `undeliverable`, whose
    patients could not be emailed, and `aside`, what looks like spam and came since the opening before; how many are
    set aside since longer, `aside_before` says.
    That changes with time, unlike all other mails: a digest that may have arrived is never sent again, so no two copies
    differ. The list of a flood has none of it, and is repeated until it is sent.
    """

    reference: str
    members: Sequence[Subject]
    unread: Sequence[str]
    due: datetime
    # Those under which the last of them was accepted, for they say who reads it; those of now where nobody is on it.
    facts: ClinicFacts
    overdue: Waiting = ()
    undeliverable: Waiting = ()
    aside: Waiting = ()
    aside_before: int = 0

    def first_due(self, _name: DeliveryName) -> datetime:
        """Return when it was first due."""
        return self.due

    @property
    def told_of(self) -> set[str]:
        """Return the references of the enquiries of which it may say what was written."""
        others = (found for _, found in (*self.overdue, *self.undeliverable, *self.aside) if found)
        return {subject.record.reference for subject in (*self.members, *others)}


class Records:
    """Opens records; an edition of the facts is read once per process, for it never changes."""

    def __init__(
        self, store: Store, seal: Seal, files: Files | None = None, current: ClinicFacts | None = None
    ) -> None:
        """Read what else waits from `files`; without them digests tell of what came in only.

        `current` are the facts of now, for a digest that nobody is on; without them there is none.
        """
        self._files = files
        self._current = current
        self._store = store
        self._seal = seal
        # Caches know the same object again at a glance, and look through every word of an equal one.
        self._facts = {current.edition(): current} if current else {}

    async def read(self, claim: Claim) -> Subject | Digest:
        """Return what a claim is about; raise Unreadable, or StoreUnavailable."""
        due = digest_time(claim.reference)
        if due is None:
            return await self.subject(claim.reference, claim.sealed)
        members: list[Subject] = []
        unread: list[str] = []
        for reference, sealed in await self._store.members(claim.reference):
            try:
                members.append(await self.subject(reference, sealed))
            except Unreadable:
                unread.append(reference)
        of_opening = claim.name.kind is Kind.DIGEST
        facts = members[-1].facts if members else self._current if of_opening else None
        if facts is None:
            raise Unreadable("record-missing")
        digest = Digest(claim.reference, members, unread, due, facts)
        if not of_opening or self._files is None:
            return digest
        return await self._with_the_rest(digest, self._files)

    async def _with_the_rest(self, digest: Digest, files: Files) -> Digest:
        """Return a digest with what else waits for reception, besides what is on it already."""
        opening_ms = milliseconds(digest.due)
        before_ms = milliseconds(opening_before(digest.facts.schedule(), digest.due))
        listed = {member.record.reference for member in digest.members}
        overdue = [one for one in await files.listed("overdue", opening_ms, LISTED_AT_MOST) if one not in listed]
        aside, aside_before = await files.aside_since(before_ms, opening_ms, LISTED_AT_MOST)
        return replace(
            digest,
            overdue=await self._waiting(overdue, files),
            undeliverable=await self._waiting(await files.undeliverable(LISTED_AT_MOST), files),
            aside=await self._waiting(aside, files),
            aside_before=aside_before,
        )

    async def _waiting(self, references: Sequence[str], files: Files) -> Waiting:
        found = zip(references, await files.sealed(references), strict=True)
        return [(reference, await self._readable(reference, sealed)) for reference, sealed in found]

    async def _readable(self, reference: str, sealed: bytes) -> Subject | None:
        try:
            return await self.subject(reference, sealed)
        except Unreadable:
            return None

    async def subject(self, reference: str, sealed: bytes) -> Subject:
        """Return an enquiry by its sealed record; raise Unreadable, or StoreUnavailable."""
        if not sealed:
            raise Unreadable("record-missing")
        try:
            record = read_record(self._seal.open(sealed, reference))
        except SealBroken:
            raise Unreadable("seal-broken") from None
        except ValueError:
            # From None: a validation error quotes what the patient wrote.
            raise Unreadable("record-unknown") from None
        return Subject(record, await self._edition(record.facts))

    async def _edition(self, digest: str) -> ClinicFacts:
        if digest not in self._facts:
            stored = await self._store.facts(digest)
            if stored is None:
                raise Unreadable("facts-missing")
            try:
                # Many may ask at once; all are given the same.
                self._facts.setdefault(digest, ClinicFacts.model_validate_json(stored))
            except ValueError:
                raise Unreadable("facts-unknown") from None
        return self._facts[digest]

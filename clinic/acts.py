"""Acts: what staff do with an enquiry, kept with who did it and when; the words that people write are sealed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic.clock import instant, milliseconds
from clinic.delivery import DeliveryName, Kind
from clinic.errors import SealBroken
from clinic.records import Records, Unreadable
from clinic.seal import Seal
from clinic.store import Staff
from clinic.store.words import Dues

# Of these the last one counts.
MARKS = ("contacted", "reopened")


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody marked an enquiry as contacted, reopened or released it; `new` where it was by this very act."""

    at: datetime
    by: str | None
    new: bool


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done, in one word ("contacted", "replayed"); by whom, and what they noted.

    These two are None where no secret opens them any more: what was done counts all the same.
    """

    at: datetime
    what: str
    by: str | None
    note: str | None


class Acts:
    """Does what staff may do, and remembers it; every verb raises StoreUnavailable."""

    def __init__(self, store: Staff, seal: Seal, records: Records | None = None) -> None:
        """Learn from `records` when a reply was due; without them that is now, for whoever reopens an enquiry."""
        self._records = records
        self._store = store
        self._seal = seal

    async def mark(self, reference: str, by: str, note: str = "") -> Contact | None:
        """Mark an enquiry as contacted, or return how it was marked before; None for no such enquiry.

        A note is kept either way.
        """
        new = await self._store.mark_contacted(reference, self._sealed(reference, by, note), noted=bool(note))
        if new is None:
            return None
        found = await self.of(reference)
        return Contact(found.at, found.by, new) if found else None

    async def of(self, reference: str) -> Contact | None:
        """Return how an enquiry was marked as contacted, or None where it is not."""
        return last_of(await self.history(reference), "contacted", MARKS)

    async def note(self, reference: str, by: str, note: str) -> bool:
        """Write something down about an enquiry; False where there is none."""
        return await self._store.note(reference, self._sealed(reference, by, note))

    async def reopen(self, reference: str, by: str, note: str = "") -> bool:
        """Take back that an enquiry was contacted, and have it chased again; False where it is not marked so."""
        return await self._store.reopen(reference, await self._dues(reference), self._sealed(reference, by, note))

    async def reopened(self, reference: str) -> Contact | None:
        """Return how an enquiry was reopened, or None where it was not, or was contacted since."""
        return last_of(await self.history(reference), "reopened", MARKS)

    async def release(self, reference: str, by: str) -> bool:
        """Send what was held back for an enquiry that was set aside; False where it is not."""
        return await self._store.release(reference, self._sealed(reference, by))

    async def released(self, reference: str) -> Contact | None:
        """Return how an enquiry was released, or None where it was not, or by nobody who was named."""
        return last_of(await self.history(reference), "released", ("released",))

    async def is_quarantined(self, reference: str) -> bool:
        """Return whether an enquiry is set aside now."""
        return await self._store.is_quarantined(reference)

    async def resend(self, reference: str, by: str) -> bool:
        """Send the confirmation again; False where it is on its way, or there is none."""
        return await self._store.resend(reference, self._sealed(reference, by))

    async def replay(self, reference: str, name: DeliveryName, by: str) -> bool | None:
        """Send a delivery that failed or is in doubt once more; None where it neither did nor is.

        False for one that chases a patient who has been contacted: it is off the list instead.
        """
        return await self._store.replay(reference, name, self._sealed(reference, by))

    async def resolve(self, reference: str, name: DeliveryName, by: str) -> bool:
        """Take such a delivery off the list: somebody saw to it otherwise."""
        return await self._store.resolve(reference, name, self._sealed(reference, by))

    async def erase(self, reference: str, by: str) -> bool:
        """Forget what a patient wrote and stop its mails; False for no such enquiry."""
        return await self._store.erase(reference, self._sealed(reference, by))

    async def history(self, reference: str) -> Sequence[Act]:
        """Return what was done with an enquiry, in order."""
        acts: list[Act] = []
        for entry in await self._store.acts(reference):
            at, what, sealed = entry.split(b" ", 2)
            acts.append(Act(instant(int(at)), what.decode(), *self._unsealed(sealed, reference)))
        return acts

    async def _dues(self, reference: str) -> Dues:
        """Return when an enquiry is due; at once where its record can't be read, so that staff see it first."""
        try:
            if self._records is None:
                return Dues()
            subject = await self._records.subject(reference, await self._store.sealed(reference) or b"")
        except Unreadable:
            return Dues()
        times = [subject.reply_by() or subject.record.received_at]
        times += [subject.first_due(DeliveryName(kind)) for kind in (Kind.REMINDER, Kind.ESCALATION)]
        return Dues(*map(milliseconds, times))

    def _unsealed(self, sealed: bytes, reference: str) -> tuple[str, str] | tuple[None, None]:
        try:
            words = json.loads(self._seal.open(sealed, reference))
        except SealBroken:
            return None, None
        return words["by"], words.get("note", "")

    def _sealed(self, reference: str, by: str, note: str = "") -> bytes:
        return self._seal.close(json.dumps({"by": by} | ({"note": note} if note else {})).encode(), reference)


def last_of(history: Sequence[Act], what: str, among: Sequence[str]) -> Contact | None:
    """Return who did something and when, or None where the last act of those that count is another."""
    found = [act for act in history if act.what in among]
    return Contact(found[-1].at, found[-1].by, new=False) if found and found[-1].what == what else None

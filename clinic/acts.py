"""Acts: what staff do with an enquiry, kept with who did it and when; the words that people write are sealed."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clinic.clock import instant
from clinic.delivery import DeliveryName
from clinic.seal import Seal
from clinic.store import Staff


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody marked an enquiry as contacted, or released it; `new` where it was by this very act."""

    at: datetime
    by: str
    new: bool


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that was done, in one word ("contacted", "replayed"); by whom, and what they noted."""

    at: datetime
    what: str
    by: str
    note: str


class Acts:
    """Does what staff may do, and remembers it; every verb raises StoreUnavailable."""

    def __init__(self, store: Staff, seal: Seal) -> None:
        self._store = store
        self._seal = seal

    async def mark(self, reference: str, by: str, note: str = "") -> Contact | None:
        """Mark an enquiry as contacted, or return how it was marked before; None for no such enquiry."""
        new = await self._store.mark_contacted(reference, self._sealed(reference, by, note))
        if new is None:
            return None
        found = await self.of(reference)
        return Contact(found.at, found.by, new) if found else None

    async def of(self, reference: str) -> Contact | None:
        """Return how an enquiry was marked as contacted, or None where it was not."""
        return await self._first(reference, "contacted")

    async def release(self, reference: str, by: str) -> bool:
        """Send what was held back for an enquiry that was set aside; False where it is not."""
        return await self._store.release(reference, self._sealed(reference, by))

    async def released(self, reference: str) -> Contact | None:
        """Return how an enquiry was released, or None where it was not, or by nobody who was named."""
        return await self._first(reference, "released")

    async def is_aside(self, reference: str) -> bool:
        """Return whether an enquiry is set aside now."""
        return await self._store.is_quarantined(reference)

    async def resend(self, reference: str, by: str) -> bool:
        """Send the confirmation again; False where it is on its way, or there is none."""
        return await self._store.resend(reference, self._sealed(reference, by))

    async def replay(self, reference: str, name: DeliveryName, by: str) -> bool:
        """Send a delivery that failed or is in doubt once more; False where it neither did nor is."""
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
            words = json.loads(self._seal.open(sealed, reference))
            acts.append(Act(instant(int(at)), what.decode(), words["by"], words.get("note", "")))
        return acts

    async def _first(self, reference: str, what: str) -> Contact | None:
        found = [act for act in await self.history(reference) if act.what == what]
        return Contact(found[0].at, found[0].by, new=False) if found else None

    def _sealed(self, reference: str, by: str, note: str = "") -> bytes:
        return self._seal.close(json.dumps({"by": by} | ({"note": note} if note else {})).encode(), reference)

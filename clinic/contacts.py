"""Contacts: which patients reception has reached, who says so and when; reminders stop with it."""

from dataclasses import dataclass
from datetime import datetime

from clinic.clock import instant
from clinic.seal import Seal
from clinic.store import Store


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody marked an enquiry as contacted; `new` where it was by this very act."""

    at: datetime
    by: str
    new: bool


class Contacts:
    """Marks enquiries; who marked one is kept sealed, as everything that people write is."""

    def __init__(self, store: Store, seal: Seal) -> None:
        self._store = store
        self._seal = seal

    async def mark(self, reference: str, by: str) -> Contact | None:
        """Mark an enquiry, or return how it was marked before; None for no such enquiry. Raise StoreUnavailable."""
        marked = await self._store.mark_contacted(reference, self._seal.close(by.encode(), reference))
        return self._contact(reference, *marked) if marked else None

    async def of(self, reference: str) -> Contact | None:
        """Return how an enquiry was marked, or None where it was not; raise StoreUnavailable."""
        found = await self._store.contacted(reference)
        return self._contact(reference, False, *found) if found else None

    def _contact(self, reference: str, new: bool, ms: int, sealed: bytes) -> Contact:
        return Contact(instant(ms), self._seal.open(sealed, reference).decode(), new)

"""Reading records: each unsealed, with the clinic facts it was accepted under."""

from dataclasses import dataclass
from datetime import datetime

from clinic.delivery import DeliveryName
from clinic.errors import KeyUnknown, SealBroken
from clinic.facts import ClinicFacts
from clinic.hours import HoursError
from clinic.plan import first_due
from clinic.record import Record, read_record
from clinic.seal import Seal
from clinic.store import Store


class Unreadable(Exception):
    """The record can't be read; `cause` says why in one word.

    `elsewhere` says that another process may read it: one with other secrets, of another version, or with another
    clinic file.
    """

    def __init__(self, cause: str, *, elsewhere: bool = False) -> None:
        self.cause = cause
        self.elsewhere = elsewhere
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


class Records:
    """Opens records; an edition of the facts is read once per process, for it never changes."""

    def __init__(self, store: Store, seal: Seal, facts: ClinicFacts) -> None:
        """Take the facts of now, under which most are accepted."""
        self._store = store
        self._seal = seal
        # Caches know the same object again at a glance, and look through every word of an equal one.
        self._facts = {facts.edition(): facts}

    async def subject(self, reference: str, sealed: bytes) -> Subject:
        """Return an enquiry by its sealed record; raise Unreadable, or StoreUnavailable."""
        if not sealed:
            raise Unreadable("record-missing")
        try:
            record = read_record(self._seal.open(sealed, reference))
        except KeyUnknown:
            raise Unreadable("seal-unknown", elsewhere=True) from None
        except SealBroken:
            raise Unreadable("seal-broken") from None
        except ValueError:
            # From None: a validation error quotes what the patient wrote.
            raise Unreadable("record-unknown", elsewhere=True) from None
        return Subject(record, await self._facts_of(record.facts))

    async def _facts_of(self, edition: str) -> ClinicFacts:
        if edition not in self._facts:
            stored = await self._store.facts(edition)
            if stored is None:
                raise Unreadable("facts-missing", elsewhere=True)
            try:
                # A later version may say more, and it was checked when it was written.
                facts = ClinicFacts.model_validate_json(stored, extra="ignore")
            except ValueError:
                raise Unreadable("facts-unknown", elsewhere=True) from None
            # Many may ask at once; all are given the same.
            self._facts.setdefault(edition, facts)
        return self._facts[edition]

"""Reading what a claim is about: the record, unsealed, and the clinic facts it was accepted under."""

from dataclasses import dataclass

from clinic.errors import SealBroken
from clinic.facts import ClinicFacts
from clinic.record import Record, read_record
from clinic.seal import Seal
from clinic.store import Store
from clinic.store.words import Claim


class Unreadable(Exception):
    """The record can't be read; `cause` says why in one word."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a mail is made of."""

    record: Record
    facts: ClinicFacts


class Records:
    """Opens records; an edition of the facts is read once per process, for it never changes."""

    def __init__(self, store: Store, seal: Seal) -> None:
        self._store = store
        self._seal = seal
        self._facts: dict[str, ClinicFacts] = {}

    async def read(self, claim: Claim) -> Subject:
        """Return the record of a claim and its facts; raise Unreadable, or StoreUnavailable."""
        if not claim.sealed:
            raise Unreadable("record-missing")
        try:
            record = read_record(self._seal.open(claim.sealed, claim.reference))
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
                self._facts[digest] = ClinicFacts.model_validate_json(stored)
            except ValueError:
                raise Unreadable("facts-unknown") from None
        return self._facts[digest]

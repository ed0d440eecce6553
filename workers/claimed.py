"""What a claim is about: an enquiry, or a digest, which lists many and what else waits for reception."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from clinic.clock import milliseconds
from clinic.delivery import DeliveryName, Kind
from clinic.digest import LATE, digest_time, told_before
from clinic.facts import ClinicFacts
from clinic.records import Records, Subject, Unreadable
from clinic.store import Files, Store
from clinic.store.words import Claim

# Of each kind of what else waits, on a digest; the others are counted, and the desk has them all.
WAITING_AT_MOST = 50
EVERY = 1_000_000
# What waits, by reference, with the enquiry where it can be read.
Waiting = Sequence[tuple[str, Subject | None]]


@dataclass(frozen=True, slots=True)
class Digest:
    """What came in while the clinic was closed, or in a flood: the enquiries, and the references of the unreadable.

    With that of an opening goes who was `contacted` since, and what else waits for reception: `overdue` at the opening,
    `undeliverable`, whose patients could not be emailed, and `quarantined`, what looks like spam and came since the
    opening before; how many are set aside since longer, `quarantined_before` says. What there is no room for is in
    those named `more`.
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
    quarantined: Waiting = ()
    quarantined_before: int = 0
    overdue_more: Sequence[str] = ()
    undeliverable_more: Sequence[str] = ()
    quarantined_more: Sequence[str] = ()
    contacted: Set[str] = frozenset()
    # Whether one of the members has no alert of its own, but is on the list of a flood.
    flooded: bool = False

    def first_due(self, _name: DeliveryName) -> datetime:
        """Return when it was first due."""
        return self.due

    @property
    def nobody_left(self) -> bool:
        """Return whether there is nothing new to tell: whoever was on it was erased, or seen to."""
        return not (self.members or self.unread or self.overdue or self.undeliverable or self.quarantined)

    @property
    def told_of(self) -> set[str]:
        """Return the references of the enquiries of which it may say what was written."""
        others = (found for _, found in (*self.overdue, *self.undeliverable, *self.quarantined) if found)
        return {subject.record.reference for subject in (*self.members, *others)}

    @property
    def waiting(self) -> int:
        """Return how many enquiries wait besides its members, whether there is room for them or not."""
        named = {reference for reference, _ in (*self.overdue, *self.undeliverable, *self.quarantined)}
        return len(named.union(self.overdue_more, self.undeliverable_more, self.quarantined_more))


class Claimed:
    """Reads it, and what else waits when it is an opening's digest."""

    def __init__(self, records: Records, store: Store, files: Files, facts: ClinicFacts) -> None:
        """Take the facts of now, for a digest that nobody is on."""
        self._records = records
        self._store = store
        self._files = files
        self._facts = facts

    async def read(self, claim: Claim, *, whole: bool = True) -> Subject | Digest:
        """Return what a claim is about; raise Unreadable, or StoreUnavailable.

        A list that is to be `whole` is Unreadable where another process may read more of it.
        """
        due = digest_time(claim.reference)
        if due is None:
            return await self._records.subject(claim.reference, claim.sealed)
        members: list[Subject] = []
        unread: dict[str, Unreadable] = {}
        for reference, sealed in await self._store.members(claim.reference):
            try:
                members.append(await self._records.subject(reference, sealed))
            except Unreadable as fault:
                if whole and fault.elsewhere:
                    raise
                unread[reference] = fault
        of_opening = claim.name.kind is Kind.DIGEST
        if unread and not members and not of_opening:
            raise next(iter(unread.values()))
        facts = members[-1].facts if members else self._facts
        digest = Digest(claim.reference, members, list(unread), due, facts)
        if not of_opening:
            return digest
        listed = [member.record.reference for member in members]
        flooded, contacted = await self._files.flooded(listed), await self._files.contacted(listed)
        digest = replace(digest, flooded=flooded, contacted=contacted)
        # The first of an opening's is there to tell of the rest, however many follow it.
        return digest if LATE in claim.reference else await self._with_the_rest(digest, whole=whole)

    async def _with_the_rest(self, digest: Digest, *, whole: bool) -> Digest:
        """Return a digest with what else waits for reception, besides what is on it already."""
        opening_ms = milliseconds(digest.due)
        before_ms = milliseconds(told_before(digest.facts.schedule(), digest.due))
        listed = {member.record.reference for member in digest.members}
        overdue = [one for one in await self._files.listed("overdue", opening_ms, EVERY) if one not in listed]
        undeliverable = await self._files.undeliverable(EVERY)
        aside, before = await self._files.aside_since(before_ms, opening_ms, EVERY)
        seen_to = await self._files.contacted(aside)
        aside = [one for one in aside if one not in seen_to]
        return replace(
            digest,
            overdue=await self._waiting(overdue[:WAITING_AT_MOST], whole=whole),
            overdue_more=overdue[WAITING_AT_MOST:],
            undeliverable=await self._waiting(undeliverable[:WAITING_AT_MOST], whole=whole),
            undeliverable_more=undeliverable[WAITING_AT_MOST:],
            quarantined=await self._waiting(aside[:WAITING_AT_MOST], whole=whole),
            quarantined_more=aside[WAITING_AT_MOST:],
            quarantined_before=before,
        )

    async def _waiting(self, references: Sequence[str], *, whole: bool) -> Waiting:
        found = zip(references, await self._files.sealed(references), strict=True)
        return [(reference, await self._readable(reference, sealed, whole=whole)) for reference, sealed in found]

    async def _readable(self, reference: str, sealed: bytes, *, whole: bool) -> Subject | None:
        try:
            return await self._records.subject(reference, sealed)
        except Unreadable as fault:
            if whole and fault.elsewhere:
                raise
            return None

"""Acceptance: one enquiry becomes one durable record with its deliveries and their due times, or nothing at all."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from clinic.clock import Clock, instant, milliseconds
from clinic.deadline import answered_within
from clinic.delivery import Kind, State
from clinic.digest import AFTER_OPENING, digest_opening, digest_reference
from clinic.enquiry import Enquiry
from clinic.errors import FrontdeskError, StoreUnavailable
from clinic.facts import ClinicFacts
from clinic.hours import HoursError, Schedule
from clinic.plan import chase_times, first_due, planned, to_reception
from clinic.record import fresh_bytes
from clinic.reference import new_reference
from clinic.screening import CLEAR, Limit, Screening
from clinic.seal import Blinder, Seal
from clinic.store import Store
from clinic.store.plans import packed
from clinic.store.words import Exceeded, Flood, NewDelivery, NewDigest, NewEnquiry, Plan, Stored
from clinic.traces import ROOT, Trace, untraced

# One for an enquiry within its limits; one more where a limit is exceeded, and where the facts are not kept yet. Two
# random references out of 17 thousand million meet so rarely that three in a row mean something else is wrong.
TRIPS_AT_MOST = 5
# Whatever comes in within a second shares a plan; few clinics have more sites.
PLANS_KEPT = 64
# A patient waits no longer than 2 s to be told to phone instead.
ANSWER_SECONDS = 1.5


# Gives the address of a page of reception's from a reference and when it came (milliseconds since 1970), or nothing.
Link = Callable[[str, int], str]


def unlinked(_reference: str, _received_ms: int) -> str:
    """Return no address, for there is no such page."""
    return ""


class IdempotencyConflict(FrontdeskError):
    """The same idempotency key came with another body."""


class TooMany(FrontdeskError):
    """So much was set aside that came from this side that no more of it is taken."""


class Accepted(NamedTuple):
    """What may be promised now; `repeated` when this is the answer to an enquiry that we already had."""

    reference: str
    received_at: datetime
    repeated: bool


class Acceptance:
    """Accepts enquiries under one edition of the clinic facts."""

    def __init__(
        self,
        store: Store,
        facts: ClinicFacts,
        seal: Seal,
        blinder: Blinder,
        clock: Clock,
        link: Link = unlinked,
        not_spam: Link = unlinked,
        durable: Callable[[], bool] = lambda: True,
        trace: Trace = untraced,
    ) -> None:
        """Accept under these facts, and nothing while the store is not `durable`.

        `link` gives where an enquiry is marked as contacted, `not_spam` where released.
        """
        self._store = store
        self._facts = facts
        self._edition = facts.edition()
        self._seal = seal
        self._blinder = blinder
        self._clock = clock
        self._durable = durable
        self._trace = trace
        self._link = link
        self._not_spam = not_spam
        self._flood = Flood(facts.alerts.flood, [*to_reception(Kind.FLOOD, facts), *to_reception(Kind.NOTICE, facts)])
        self._planned = planned(facts)
        self._chases = {kind: to_reception(kind, facts) for kind in Kind if kind.chases}
        self._plan = lru_cache(maxsize=PLANS_KEPT)(self._packed_plan)

    async def accept(
        self,
        enquiry: Enquiry,
        *,
        idempotency_key: str | None,
        body: bytes,
        screening: Screening = CLEAR,
        limits: Sequence[Limit] = (),
    ) -> Accepted:
        """Store an enquiry and queue its deliveries in one atomic write, synced to disk before this returns.

        What `screening` holds back is stored all the same, suppressed. Beyond one of the `limits` more is held back,
        and as the sealed record says what, it is sealed anew and goes a second time, under what limit comes `then`.

        Raises StoreUnavailable when that could not be had (then nothing may be promised; asking again with the same
        key is safe), IdempotencyConflict when the key came before with another body, and TooMany beyond a limit that
        refuses.
        """
        if not self._durable():
            raise StoreUnavailable("the server would lose what it acknowledges")
        loop = asyncio.get_running_loop()
        deadline = loop.time() + ANSWER_SECONDS
        received_ms = milliseconds(self._clock.now())
        key, body_digest = None, b""
        if idempotency_key:
            key = self._blinder.under_each(b"key " + idempotency_key.encode())
            body_digest = self._blinder.under_each(b"body " + body)
        sides = [limit.side for limit in limits]
        for _ in range(TRIPS_AT_MOST):
            new = self._new_enquiry(enquiry, received_ms, key, body_digest, screening, sides)
            answer = await self._store.accept(new, deadline - loop.time())
            if isinstance(answer, Stored):
                return self._accepted(answer, screening)
            if answer == "facts":
                await self._keep_facts(deadline - loop.time())
                continue
            if answer == "conflict":
                raise IdempotencyConflict("this Idempotency-Key came before with another enquiry: use a new key")
            # It was counted, and is not counted again.
            sides = []
            if isinstance(answer, Exceeded):
                limit = limits[answer.side]
                if limit.refuses:
                    raise TooMany("so much was set aside that came from there that no more is taken")
                screening = screening.beyond(limit)
                limits = [limit.then] if limit.then else []
                sides = [one.side for one in limits]
        raise StoreUnavailable(f"not stored in {TRIPS_AT_MOST} trips")

    def _accepted(self, stored: Stored, screening: Screening) -> Accepted:
        received_at = instant(stored.received_ms)
        if not stored.repeated and self._trace is not untraced:
            quarantined = {"quarantined": screening.quarantined} if screening.quarantined else {}
            self._trace(stored.reference, ROOT, received_at, self._clock.now(), quarantined)
        return Accepted(stored.reference, received_at, stored.repeated)

    async def _keep_facts(self, seconds: float) -> None:
        try:
            await answered_within(seconds, self._store.keep_facts(self._edition, self._facts.canonical()))
        except TimeoutError:
            raise StoreUnavailable(f"no answer within {ANSWER_SECONDS} s") from None

    def _new_enquiry(
        self,
        enquiry: Enquiry,
        received_ms: int,
        key: bytes | None,
        body_digest: bytes,
        screening: Screening,
        sides: Sequence[bytes],
    ) -> NewEnquiry:
        reference = new_reference()
        plain = fresh_bytes(
            reference,
            instant(received_ms),
            self._edition,
            enquiry,
            screening.unconfirmed,
            self._link(reference, received_ms),
            self._not_spam(reference, received_ms) if screening.quarantined else "",
        )
        return NewEnquiry(
            reference=reference,
            received_ms=received_ms,
            sealed=self._seal.close(plain, reference),
            plan=self._plan(enquiry.site, received_ms // 1000, screening),
            idempotency_key=key,
            body_digest=body_digest,
            sides=sides,
        )

    def _packed_plan(self, site: str, second: int, screening: Screening) -> bytes:
        """Return what becomes of whatever comes in for a site in a second; opening hours know no less than a minute."""
        schedule, received_at = self._facts.schedule(site), instant(second * 1000)
        return packed(
            Plan(
                facts=self._edition,
                reply_by_ms=milliseconds(self._reply_by(schedule, received_at)),
                deliveries=self._deliveries(schedule, received_at, screening),
                digest=None if screening.quarantined else self._digest_of(schedule, received_at),
                quarantined=bool(screening.quarantined),
                flood=self._flood,
            )
        )

    def _reply_by(self, schedule: Schedule, received_at: datetime) -> datetime:
        """Return when a reply is due; at once where these facts allow no promise, so that staff see it first."""
        try:
            return schedule.reply_by(received_at)
        except HoursError:
            return received_at

    def _digest_of(self, schedule: Schedule, received_at: datetime) -> NewDigest | None:
        opening = digest_opening(self._facts, schedule, received_at)
        if opening is None:
            return None
        due = milliseconds(opening + AFTER_OPENING)
        return NewDigest(digest_reference(opening), due, to_reception(Kind.DIGEST, self._facts))

    def _deliveries(self, schedule: Schedule, received_at: datetime, screening: Screening) -> list[NewDelivery]:
        made: list[NewDelivery] = []
        for name in self._planned:
            if cause := screening.suppresses(name.kind):
                made.append(NewDelivery(name, State.SUPPRESSED, None, cause))
                continue
            due = first_due(name, self._facts, schedule, received_at)
            made.append(NewDelivery(name, State.DUE, None if due == received_at else milliseconds(due)))
        for kind, due in chase_times(self._facts, schedule, received_at).items():
            cause = screening.suppresses(kind)
            state = State.SUPPRESSED if cause else State.DUE
            made += [NewDelivery(name, state, milliseconds(due), cause or "-") for name in self._chases[kind]]
        return made

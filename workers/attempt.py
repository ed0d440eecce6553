"""One attempt at one delivery: from the claim, through the mail and the relay, to how it is settled."""

import asyncio
import random
import time
from collections.abc import Callable

from clinic.clock import Clock, milliseconds
from clinic.delivery import CLAIMS_AT_MOST, Kind, State
from clinic.errors import StoreUnavailable
from clinic.logs import frames, logger
from clinic.records import Subject, Unreadable
from clinic.retention import Retention
from clinic.store import Store
from clinic.store.store import PURGE_MS
from clinic.store.words import Claim, Settlement
from clinic.templates import MailTemplates, TemplateFault
from clinic.traces import Trace, untraced
from workers.channels import Channels
from workers.claimed import Claimed, Digest
from workers.connections import Connections
from workers.letters import Letters
from workers.notices import compose_notice, plain_notice
from workers.outcome import Outcome, Verdict
from workers.settlements import Settlements
from workers.settling import ended, settle
from workers.unread import LIST_SECONDS, Unread
from workers.untried import Untried
from workers.window import Window

# A mark that took longer to hear of was made before this process stood still: the lease may be over by now.
FRESH_SECONDS = 5.0
# A store that refuses one command may take the next: without a pause what meets that would be claimed again at once.
AWAY_MS = 2_000


class ClaimLost(Exception):
    """Another process holds the claim now: nothing may be sent."""


class Outdated(Exception):
    """An enquiry was erased after the list that tells of it was composed: nothing of that list may be sent."""


class Attempts:
    """Makes attempts; every end of one is a settlement, save a lost claim and a store that does not answer."""

    def __init__(
        self,
        store: Store,
        claimed: Claimed,
        connections: Connections,
        clock: Clock,
        templates: MailTemplates | None = None,
        channels: Channels | None = None,
        settled: Callable[[], None] = lambda: None,
        retention: Retention | None = None,
        trace: Trace = untraced,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """Compose with the packaged templates unless others are given; `steady` counts seconds and never jumps.

        Without `channels` nobody is told but by mail; `settled` is called for each attempt of which the end was stored.
        """
        self._settled_one = settled
        self._retention = retention
        self._trace = trace
        self._channels = channels or Channels({})
        self._steady = steady
        self._store = store
        self._claimed = claimed
        self._connections = connections
        self._clock = clock
        self._templates = templates
        self._letters = Letters(store, templates)
        self._window = Window()
        self._settlements = Settlements(store, self._window.leave)
        self._composing = asyncio.Lock()
        self._untried = Untried(store, clock)
        self._unread = Unread(store, clock)

    async def deliver(self, claim: Claim) -> None:
        """Make one attempt and store how it ended; raise ClaimLost.

        A store that goes away before the mail leaves is no fault of the delivery's: it is due again soon, and none the
        worse for it. Left to its lease it would look like one that stops its worker.
        """
        began = self._clock.now()
        try:
            try:
                end = await (self._errand(claim) if claim.name.kind.errand else self.attempt(claim))
            except StoreUnavailable as fault:
                logger().warning("attempt_interrupted", reference=claim.reference, fault=str(fault))
                wait_ms = PURGE_MS if claim.name.kind.errand else AWAY_MS
                end = Settlement(claim, State.DUE, "store-away", delay_ms=wait_ms, counted=False)
            except Outdated:
                end = Settlement(claim, State.DUE, "outdated", counted=False)
            await self._settlements.settle(end)
            if not claim.name.kind.errand:
                self._settled_one()
                told = {"delivery": str(claim.name), "state": end.state.value, "cause": end.cause}
                self._trace(claim.reference, "deliver", began, self._clock.now(), told)
        finally:
            self._window.leave(claim)

    async def _errand(self, claim: Claim) -> Settlement:
        """Do what a delivery to nobody is for; a purge that fails comes again in a minute."""
        if claim.name.kind is Kind.PURGE and self._retention is not None and (gone := await self._retention.purge()):
            logger().info("purged", enquiries=gone)
        return Settlement(claim, State.SENT, claim.name.kind.value, counted=False)

    async def attempt(self, claim: Claim) -> Settlement:
        """Try to bring a delivery to its end, and return what to store; raise ClaimLost, or StoreUnavailable."""
        if claim.claims > CLAIMS_AT_MOST:
            return ended(claim, State.FAILED, "poison", None)
        try:
            subject = await self._read(claim)
        except Unreadable as fault:
            return await self._unread.end(claim, fault)
        if (untried := await self._untried.end(claim, subject)) is not None:
            return untried
        if claim.name.kind is Kind.NOTICE:
            return self._settled(claim, await self._told(claim, subject), subject)
        async with self._composing:
            await self._window.wants()
            ready = await self._letters.of(claim, subject)
        if ready is None:
            return ended(claim, State.FAILED, "template", subject.facts)
        head, content = ready
        outcome = await self._connections.send(head.sender, head.to, content, lambda: self._mark(claim, subject))
        if outcome.verdict is Verdict.SENT:
            self._window.answered(claim)
        return self._settled(claim, outcome, subject)

    async def _read(self, claim: Claim) -> Subject | Digest:
        try:
            return await self._claimed.read(claim)
        except Unreadable as fault:
            if not (fault.elsewhere and claim.name.kind.lists) or await self._unread.waited(claim) < LIST_SECONDS:
                raise
        return await self._claimed.read(claim, whole=False)

    def _settled(self, claim: Claim, outcome: Outcome, subject: Subject | Digest) -> Settlement:
        if outcome.verdict is Verdict.SENT and not claim.wanted:
            took_ms = milliseconds(self._clock.now()) - milliseconds(subject.first_due(claim.name))
            return Settlement(claim, State.SENT, outcome.cause, took_ms=took_ms)
        return settle(claim, outcome, subject.facts, random.random())  # noqa: S311 - jitter, not a secret

    async def _mark(self, claim: Claim, subject: Subject | Digest) -> None:
        """Store that the mail is about to leave; whoever finds it so after us can't know whether it arrived."""
        await self._window.enter(claim)
        # An erasure stops the mails of its enquiry, and knows of no list.
        if isinstance(subject, Digest) and not await self._store.all_there(subject.told_of):
            raise Outdated
        await self._still_ours(claim)
        self._window.leaves_now(claim)

    async def _still_ours(self, claim: Claim) -> None:
        fresh = False
        while not fresh:
            asked = self._steady()
            if not (await self._store.hold([claim], State.SENDING))[0]:
                raise ClaimLost
            await self._window.clear()
            fresh = self._steady() - asked < FRESH_SECONDS

    async def _told(self, claim: Claim, subject: Subject | Digest) -> Outcome:
        """Tell a channel; past the window, for a slow one must not hold up mails, and twice does no harm there."""
        try:
            notice = compose_notice(subject, templates=self._templates)
        except TemplateFault as fault:
            logger().error("mail_not_composed", reference=claim.reference, delivery=str(claim.name), at=frames(fault))
            notice = plain_notice(subject)
        names = subject.facts.alerts.channels
        name = names[claim.name.recipient] if claim.name.recipient < len(names) else ""
        return await self._channels.tell(name, notice, lambda: self._still_ours(claim))

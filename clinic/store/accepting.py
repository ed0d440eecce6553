"""Accepting: all enquiries that wait at a moment are taken in one call."""

from collections.abc import Sequence
from functools import partial
from typing import Literal

from redis.commands.core import AsyncScript

from clinic.clock import Clock
from clinic.hint import QUEUE, hint_message
from clinic.store import keys
from clinic.store.batches import Batch, Batches
from clinic.store.connect import in_our_words
from clinic.store.pipeline import Argument, Pipeline
from clinic.store.script import script_now
from clinic.store.words import Exceeded, NewEnquiry, Stored

# While some calls are on their way or synced to the disk the next gathers.
BATCHES = 4
# A call holds up whoever else asks the server: so many take it about a millisecond. What more there is goes with the
# next call, so that we read what comes in while the server works: with 64 the one waited for the other (measured, an
# eighth fewer requests a second).
AT_MOST = 32
# A hint only wakes a worker, which then takes all that is due: more than a few waiting would say nothing new.
HINTS_AT_MOST = 8
# A browser that never saw our answer asks again within minutes; a day covers a laptop that was closed meanwhile.
IDEMPOTENCY_MS = 24 * 60 * 60 * 1000
# A digest on its way takes nobody on any more: whoever comes later, because clocks differ, is on one of its own.
LATE_DIGEST_MS = 60_000
KEYS = (keys.DIARY, QUEUE, keys.COUNTS, keys.QUARANTINED, keys.OPEN, keys.ANNOUNCED)

AcceptAnswer = Stored | Exceeded | Literal["conflict", "facts", "taken"]


class Accepting:
    """Has enquiries accepted; each is stored whole or not at all, whoever travels with it."""

    def __init__(self, pipeline: Pipeline, accept: AsyncScript, clock: Clock | None) -> None:
        self._pipeline = pipeline
        self._accept = accept
        self._now = partial(script_now, clock)
        self._batches = Batches(
            self._send, pipeline.give_up, batches=BATCHES, at_most=AT_MOST, seconds=pipeline.seconds
        )

    async def accept(self, new: NewEnquiry, seconds: float | None = None) -> AcceptAnswer:
        """Count an enquiry under its limits and store it; see `Store.accept`."""
        with in_our_words():
            answer: bytes = await self._batches.call(new, seconds)
        if answer == b"accepted":
            return Stored(new.reference, new.received_ms, repeated=False)
        match answer.decode().split():
            case ["repeated", reference, received_ms]:
                return Stored(reference, int(received_ms), repeated=True)
            case ["limit", side]:
                return Exceeded(int(side) - 1)
            case ["conflict"]:
                return "conflict"
            case ["facts"]:
                return "facts"
            case ["taken"]:
                return "taken"
        raise AssertionError(f"accept.lua answered {answer!r}")

    def _send(self, items: Sequence[NewEnquiry], batch: Batch[NewEnquiry]) -> None:
        """Take all of them in one call of the script; what goes wrong with it goes wrong for each."""
        hint = hint_message(items[0].reference)
        words: list[Argument] = [self._now(), hint, HINTS_AT_MOST, IDEMPOTENCY_MS, LATE_DIGEST_MS]
        for new in items:
            words += (new.reference, new.received_ms, new.sealed, new.plan, new.idempotency_key or b"", new.body_digest)
            words += (len(new.sides), *new.sides)
        self._pipeline.send(self._accept, KEYS, words, batch)

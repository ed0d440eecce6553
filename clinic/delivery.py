"""Deliveries: what has to go out for an enquiry, in which states, and when it is tried again."""

import math
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cache, lru_cache


class Kind(StrEnum):
    """The mails, and the notice to other channels; each has a folder of this name in `email_templates/`.

    The last two go the same way, through queue, worker and store, and are sent to nobody: the canary shows a
    standstill, the purge forgets what is over.
    """

    CONFIRMATION = "confirmation"
    ALERT = "alert"
    UNDELIVERABLE = "undeliverable"
    DIGEST = "digest"
    FLOOD = "flood"
    NOTICE = "notice"
    REMINDER = "reminder"
    ESCALATION = "escalation"
    CANARY = "canary"
    PURGE = "purge"

    @property
    def to_reception(self) -> bool:
        """Return whether reception reads it, and not the patient."""
        return self is not Kind.CONFIRMATION and not self.errand

    @property
    def errand(self) -> bool:
        """Return whether it is sent to nobody."""
        return self in (Kind.CANARY, Kind.PURGE)

    @property
    def announces(self) -> bool:
        """Return whether it tells of a single enquiry that has just come in; in a flood a list does it instead."""
        return self in (Kind.ALERT, Kind.NOTICE)

    @property
    def lists(self) -> bool:
        """Return whether it tells of many enquiries."""
        return self in (Kind.DIGEST, Kind.FLOOD)

    @property
    def chases(self) -> bool:
        """Return whether it urges reception to answer: only in open hours, and only until somebody has."""
        return self in (Kind.REMINDER, Kind.ESCALATION)

    @property
    def doubts_at_most(self) -> float:
        """Return how often it may be repeated when it may have arrived already.

        What reception must not miss is repeated until it is sent, a confirmation once, a digest and what
        chases never: each enquiry has had an alert of its own.
        """
        return {Kind.CONFIRMATION: 1, Kind.DIGEST: 0, Kind.REMINDER: 0, Kind.ESCALATION: 0}.get(self, math.inf)


class State(StrEnum):
    """Where a delivery stands: due, sending, then one of the others.

    An attempt that came to nothing leaves it due, for the next; what has ended may be asked for once more.
    """

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    SUPPRESSED = "suppressed"


class Lane(IntEnum):
    """What never waits for one another: reception's mails, patients' mails, and channels other than mail."""

    RECEPTION = 0
    PATIENT = 1
    CHANNEL = 2


MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """When a delivery is tried again, in seconds after each attempt, and after how long it has failed."""

    delays: tuple[int, ...]
    then_every: int
    give_up_after: int

    def delay(self, attempts: int) -> int:
        """Return the seconds to wait after so many attempts (1 or more)."""
        return self.delays[attempts - 1] if attempts <= len(self.delays) else self.then_every


# Tried 0 s, 10 s, 40 s, 2.7, 7.7 and 17.7 min after the enquiry, then every 15 min to 72 h: 292 attempts in all.
ALERT_SCHEDULE = RetrySchedule((10, 30, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE), 15 * MINUTE, 72 * HOUR)
# Tried 0, 1, 6, 21 min and 1 h 21 min after the enquiry, then every 2 h to 24 h: 16 attempts in all.
CONFIRMATION_SCHEDULE = RetrySchedule((1 * MINUTE, 5 * MINUTE, 15 * MINUTE, 1 * HOUR), 2 * HOUR, 24 * HOUR)
JITTER = 0.2
# A delivery that was claimed so often without an end fails as `poison`: something in it stops whoever tries.
CLAIMS_AT_MOST = 3
# After so many claims without an end it is tried alone, so that it takes nothing else down and nothing that only stood
# beside it is held to be the culprit. One is no suspicion yet: whoever stops a worker leaves a whole batch like that.
CLAIMS_TOGETHER = 2


@dataclass(frozen=True, slots=True)
class DeliveryName:
    """Names one delivery of an enquiry: its kind and, for reception's, which address or channel of theirs."""

    kind: Kind
    recipient: int = 0

    @classmethod
    def parse(cls, text: str) -> "DeliveryName":
        """Read what `str()` wrote: "confirmation", "alert-0", "alert-1"."""
        kind, _, recipient = text.partition("-")
        return cls(Kind(kind), int(recipient or 0))

    @classmethod
    @lru_cache(maxsize=256)
    def known(cls, text: str) -> "DeliveryName | None":
        """Read what `str()` wrote, or return None where another version wrote it."""
        try:
            return cls.parse(text)
        except ValueError:
            return None

    def __str__(self) -> str:
        return _text(self)

    @property
    def lane(self) -> Lane:
        """Return the lane this delivery waits in."""
        if self.kind is Kind.NOTICE:
            return Lane.CHANNEL
        return Lane.PATIENT if self.kind is Kind.CONFIRMATION else Lane.RECEPTION

    @property
    def schedule(self) -> RetrySchedule:
        """Return when this delivery is tried again."""
        return ALERT_SCHEDULE if self.kind.to_reception else CONFIRMATION_SCHEDULE


@cache
def _text(name: DeliveryName) -> str:
    return f"{name.kind.value}-{name.recipient}" if name.kind.to_reception else name.kind.value

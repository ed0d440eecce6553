"""What goes into the store and comes out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from clinic.delivery import CLAIMS_TOGETHER, DeliveryName, State


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be stored; due at `due_ms` (milliseconds since 1970), or at once when that is None.

    `cause` says why it is suppressed, where it is.
    """

    name: DeliveryName
    state: State
    due_ms: int | None
    cause: str = "-"


@dataclass(frozen=True, slots=True)
class NewDigest:
    """The digest that an enquiry is to be on, its reference, when it is due, and to whom it goes if it is new."""

    reference: str
    due_ms: int
    deliveries: Sequence[DeliveryName]


@dataclass(frozen=True, slots=True)
class Flood:
    """Beyond `at_most` enquiries (0: never) announced in a while, lists with these deliveries do it."""

    at_most: int
    deliveries: Sequence[DeliveryName]


UNLIMITED = Flood(0, ())


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of an enquiry: it depends on the facts, the site, the second and what was thought of it, no more."""

    facts: str
    reply_by_ms: int
    deliveries: Sequence[NewDelivery]
    digest: NewDigest | None = None
    quarantined: bool = False
    flood: Flood = UNLIMITED


class NewEnquiry(NamedTuple):
    """All that one acceptance writes; `plan` as `plans.packed` gives it, `sides` are counted before.

    The key and the body's digest are 16 bytes for each secret under which they may be known, the newest first.
    """

    reference: str
    received_ms: int
    sealed: bytes
    plan: bytes
    idempotency_key: bytes | None
    body_digest: bytes
    sides: Sequence[bytes] = ()


def side(stage: int, name: bytes, windows: bytes) -> bytes:
    """Return who is counted, as the scripts take it: the stage, 16 bytes that say nothing of anybody, the windows.

    These are so many in so long (ms): b"1 86400000 3 2592000000".
    """
    return b"%d%b%b" % (stage, name, windows)


class Stored(NamedTuple):
    """The enquiry that the store now holds; `repeated` when it held it before."""

    reference: str
    received_ms: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Exceeded:
    """The first side that is beyond its limit; later stages are not counted, and nothing is written."""

    side: int


class Entry(NamedTuple):
    """A delivery as it is kept; numbers as `Claim` has them. Where it is not there any more, it is GONE."""

    state: str
    token: int
    attempts: int
    claims: int
    doubts: int
    cause: str

    @classmethod
    def read(cls, kept: bytes) -> "Entry":
        """Read what the scripts write: "due 1 0 1 0 -"."""
        state, token, attempts, claims, doubts, cause = kept.decode().split(" ")
        return cls(state, int(token), int(attempts), int(claims), int(doubts), cause)

    @property
    def ended(self) -> bool:
        """Return whether it is neither to be sent nor being sent."""
        return self.state not in (State.DUE, State.SENDING)


GONE = Entry("gone", 0, 0, 0, 0, "-")


class Dues(NamedTuple):
    """When a reply is due, when reception is reminded of it and when it is escalated, in ms since 1970; 0 is now."""

    reply_by_ms: int = 0
    reminder_ms: int = 0
    escalation_ms: int = 0


# Why a delivery is due of which nobody may say that its time is over. What then keeps it from going is put behind it:
# "resent.1795435200000:rcpt-451". The number is there where a mail may have gone before: when this one was asked for.
WANTED = (b"released", b"reopened", b"resent", b"replayed", b"again")


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is ours to attempt until its lease runs out; `token` fences whoever held it before.

    `attempts` counts the attempts that ended, `claims` those in a row that did not (this one included), `doubts` how
    often the mail may have arrived without our knowing, `cause` why it is due.
    """

    reference: str
    name: DeliveryName
    token: int
    attempts: int
    claims: int
    doubts: int
    sealed: bytes
    cause: bytes = b"-"

    def __hash__(self) -> int:
        """Return a number by what tells claims apart: the record is long, and sets of claims are asked often."""
        return hash((self.reference, self.token))

    @property
    def wanted(self) -> str:
        """Return what staff did to have it sent, or sent again, until it ends: "resent.1795435200000"; "" for none."""
        asked = self.cause.partition(b":")[0]
        return asked.decode() if asked.partition(b".")[0] in WANTED else ""

    @property
    def asked_ms(self) -> int:
        """Return when it was asked for though a mail had gone before, in ms since 1970; 0 for a first mail.

        A mail service drops a mail whose Message-ID it has seen, also where the first one went astray.
        """
        return int(self.wanted.partition(".")[2] or 0)

    @property
    def suspect(self) -> bool:
        """Return whether it may be what stopped the workers that tried it."""
        return self.claims > CLAIMS_TOGETHER


class Claims(list[Claim]):
    """What was taken at once; `held_back` says that a suspect is due as well, which comes alone."""

    held_back = False


@dataclass(frozen=True, slots=True)
class Settlement:
    """How an attempt ended: the state to store, when it is due again if it is, and why, in one word.

    `counted` is False for an attempt that never began (the clinic is closed, say): it uses up none of the schedule.
    `late` is True for one that uses up none of it either, and yet should have gone: it counts as failing from now on.
    `took_ms` is how long after it was first due a mail was sent, where it was.
    `stranded` is True when the relay could not be reached at all: it is tried again as soon as the relay is back. It is
    None when the relay was not asked: whether it waits for it is as before.
    """

    claim: Claim
    state: State
    cause: str
    delay_ms: int = 0
    counted: bool = True
    late: bool = False
    doubtful: bool = False
    stranded: bool | None = False
    took_ms: int | None = None
    follow_ups: Sequence[DeliveryName] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn of the dispatcher found: whether this process leads, how many hints wait, and one that is due."""

    leading: bool
    hints: int
    due: str | None

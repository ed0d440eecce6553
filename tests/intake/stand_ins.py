"""What an intake is handed in place of a store: an acceptance, marks and rates that are lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clinic.acceptance import Accepted, TooMany
from clinic.acts import Contact
from clinic.enquiry import Enquiry
from clinic.screening import Limit, Screening
from tests.support.clock import SetClock

MONDAY_MORNING = datetime(2026, 11, 23, 10, 3, 4, 567000, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRETS = ["newest-secret-of-more-than-32-characters", "earlier-secret-of-more-than-32-characters"]
ENQUIRY = {"name": "Jo Bloggs", "email": "jo@example.com", "message": "It hurts when I sit."}


@dataclass
class ListAcceptance:
    """Accepts into a list; raises `fault` where one is set."""

    clock: SetClock
    kept: list[Enquiry] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    fault: Exception | None = None
    repeated: bool = False
    screenings: list[Screening] = field(default_factory=list)
    limits: Sequence[Limit] = ()
    exceeded: str = ""

    async def accept(
        self,
        enquiry: Enquiry,
        *,
        idempotency_key: str | None,
        body: bytes,
        screening: Screening,
        limits: Sequence[Limit],
    ) -> Accepted:
        if self.fault:
            raise self.fault
        self.limits = limits
        for limit in limits:
            if self.exceeded and self.exceeded in limit.side.decode():
                if limit.refuses:
                    raise TooMany
                screening = screening.beyond(limit)
        self.kept.append(enquiry)
        self.keys.append(idempotency_key)
        self.bodies.append(body)
        self.screenings.append(screening)
        return Accepted("CFGH3467", self.clock.now(), self.repeated)


@dataclass
class ListMarks:
    """Marks in a dict; raises `fault` where one is set."""

    clock: SetClock
    known: set[str] = field(default_factory=lambda: {"CFGH3467"})
    marked: dict[str, tuple[datetime, str | None]] = field(default_factory=dict)
    taken_back: dict[str, tuple[datetime, str | None]] = field(default_factory=dict)
    aside: set[str] = field(default_factory=lambda: {"CFGH3467"})
    freed: dict[str, tuple[datetime, str | None]] = field(default_factory=dict)
    fault: Exception | None = None

    async def mark(self, reference: str, by: str) -> Contact | None:
        if (before := await self.of(reference)) or reference not in self.known:
            return before
        self.marked[reference] = (self.clock.now(), by)
        return Contact(*self.marked[reference], new=True)

    async def of(self, reference: str) -> Contact | None:
        if self.fault:
            raise self.fault
        return Contact(*self.marked[reference], new=False) if reference in self.marked else None

    async def reopen(self, reference: str, by: str) -> bool:
        if self.fault:
            raise self.fault
        if self.marked.pop(reference, None) is None:
            return False
        self.taken_back[reference] = (self.clock.now(), by)
        return True

    async def reopened(self, reference: str) -> Contact | None:
        return Contact(*self.taken_back[reference], new=False) if reference in self.taken_back else None

    async def release(self, reference: str, by: str) -> bool:
        if self.fault:
            raise self.fault
        if reference not in self.aside:
            return False
        self.aside.discard(reference)
        self.freed[reference] = (self.clock.now(), by)
        return True

    async def released(self, reference: str) -> Contact | None:
        return Contact(*self.freed[reference], new=False) if reference in self.freed else None

    async def is_quarantined(self, reference: str) -> bool:
        if self.fault:
            raise self.fault
        return reference in self.aside


@dataclass
class ListRates:
    """Counts into a list, and knows which limits are exceeded; sides say in words who they are."""

    counted: list[tuple[str, str]] = field(default_factory=list)
    exceeded: set[str] = field(default_factory=set)

    def side(self, stage: int, limit: str, who: str) -> bytes:
        return f"{stage} {limit} {who}".encode()

    async def within(self, sides: Sequence[tuple[str, str]]) -> bool:
        self.counted += sides
        return not any(name in self.exceeded for name, _ in sides)

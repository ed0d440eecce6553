"""Cases of digests: every state of a mail that lists several enquiries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

from clinic.delivery import DeliveryName, Kind
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts
from clinic.record import Record
from clinic.records import Subject
from ops.preview.cases import cases
from ops.preview.sample import CLOSED, CLOSED_LATER, ENQUIRY, LINK, OPEN
from workers.claimed import Digest, Waiting
from workers.digests import compose_digest, plain_digest
from workers.mail import Mail

DUE = datetime(2026, 11, 24, 8, tzinfo=UTC)
NOT_SPAM = "https://enquiries.purephysiotherapy.example/not-spam/CFGH3467.1795428300000.example"
REFERENCES = ["".join(letters) for letters in product("CFGH", "CFGHJKMNPRTVWXY", "G", "H", "3", "4", "6", "7")]


@dataclass(frozen=True, slots=True)
class DigestCase:
    """One state of a list: what came in and when, what can't be read, and under which facts.

    `waiting` is how many are overdue and how many could not be emailed, the last of each unreadable; `aside` what was
    set aside, None for the unreadable, and `aside_before` how many since longer; `flooded` whether some have no alert,
    `contacted` who was contacted since, and `more` how many more wait of each kind than there is room for.
    """

    name: str
    received: Sequence[tuple[datetime, Enquiry]]
    facts: ClinicFacts
    unread: Sequence[str] = ()
    kind: Kind = Kind.DIGEST
    waiting: tuple[int, int] = (0, 0)
    aside: Sequence[Enquiry | None] = ()
    aside_before: int = 0
    unconfirmed: str = ""
    flooded: bool = False
    contacted: Sequence[str] = ()
    more: tuple[int, int, int] = (0, 0, 0)
    template_broken: bool = False

    def mail(self) -> Mail:
        """Return the mail of this state."""
        name, digest = DeliveryName(self.kind), self.digest()
        return plain_digest(name, digest) if self.template_broken else compose_digest(name, digest)

    def digest(self) -> Digest:
        """Return what the list is made of."""
        members = [self._subject(REFERENCES[number], *one) for number, one in enumerate(self.received)]
        aside = [
            (REFERENCES[55 + number], self._subject(REFERENCES[55 + number], CLOSED, one) if one else None)
            for number, one in enumerate(self.aside)
        ]
        overdue, undeliverable = (self._waiting(40, self.waiting[0]), self._waiting(50, self.waiting[1]))
        more = [[f"{kind}{number}" for number in range(count)] for kind, count in enumerate(self.more)]
        return Digest(
            "D20261124T080000Z",
            members,
            self.unread,
            DUE,
            self.facts,
            overdue,
            undeliverable,
            aside,
            self.aside_before,
            overdue_more=more[0],
            undeliverable_more=more[1],
            quarantined_more=more[2],
            contacted=frozenset(self.contacted),
            flooded=self.flooded,
        )

    def _waiting(self, first: int, count: int) -> Waiting:
        return [
            (reference, self._subject(reference, OPEN, ENQUIRY) if number < count - 1 else None)
            for number, reference in enumerate(REFERENCES[first : first + count])
        ]

    def _subject(self, reference: str, at: datetime, enquiry: Enquiry) -> Subject:
        record = Record(
            reference=reference,
            received_at=at,
            facts="",
            enquiry=enquiry,
            link=LINK,
            not_spam=NOT_SPAM,
            unconfirmed=self.unconfirmed,
        )
        return Subject(record, self.facts)


def digests(facts: ClinicFacts) -> list[DigestCase]:
    """Return the states of a digest."""
    shown = {case.name: case.enquiry for case in cases(facts)}
    three = [(CLOSED, shown["alert-closed"]), (CLOSED_LATER, shown["alert-site"]), (CLOSED, shown["alert-no-phone"])]
    with_site = next(case.facts for case in cases(facts) if case.name == "alert-site")
    by_link = with_site.model_copy(update={"alerts": facts.alerts.model_copy(update={"detail": "link"})})
    many = [(CLOSED + timedelta(minutes=number), ENQUIRY) for number in range(60)]
    return [
        DigestCase("digest-one", three[:1], facts),
        DigestCase("digest-three", three, with_site),
        DigestCase("digest-hostile", [(CLOSED, shown["alert-hostile"])], facts),
        DigestCase("digest-unread", three[:2], with_site, unread=["CFGH3467"]),
        DigestCase("digest-many", many, facts),
        DigestCase("digest-flooded", three[:2], with_site, flooded=True),
        DigestCase("digest-contacted", three[:2], with_site, contacted=REFERENCES[:1]),
        DigestCase("digest-crowded", [], facts, waiting=(3, 2), aside=[ENQUIRY], more=(30, 1, 70)),
        DigestCase(
            "digest-waiting",
            three[:1],
            facts,
            waiting=(3, 2),
            aside=[ENQUIRY, shown["alert-hostile"], None],
            aside_before=4,
        ),
        DigestCase("digest-nobody", [], facts, waiting=(3, 0)),
        DigestCase("digest-waiting-link", [], by_link, waiting=(2, 2), aside=[ENQUIRY], aside_before=1),
        DigestCase("digest-link", three, by_link, aside=[ENQUIRY]),
        DigestCase("flood-three", three, with_site, kind=Kind.FLOOD),
        DigestCase("flood-hostile", [(CLOSED, shown["alert-hostile"])], facts, kind=Kind.FLOOD),
        DigestCase("flood-unconfirmed", three[:1], facts, kind=Kind.FLOOD, unconfirmed="breaker"),
        DigestCase("flood-many", many, facts, kind=Kind.FLOOD),
        DigestCase("flood-link", three, by_link, kind=Kind.FLOOD),
        DigestCase("flood-template-broken", three, with_site, ["CFGH3467"], Kind.FLOOD, template_broken=True),
        DigestCase("digest-template-broken", three, with_site, unread=["CFGH3467"], template_broken=True),
    ]

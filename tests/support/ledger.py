"""The ledger: what a relay took, kept small enough for tens of thousands of mails."""

import hashlib
import re
import time
from dataclasses import dataclass, field

from tests.support.relay import ScriptedRelay, Taken

MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of a mail: when (monotonic seconds), over which worker's relay, to whom, which mail, which bytes."""

    at: float
    relay: str
    to: str
    reference: str
    delivery: str
    digest: bytes


@dataclass
class Ledger(list[Taken]):
    """Stands in for the list that a relay fills; only ever grows."""

    relay: str
    copies: list[Copy] = field(default_factory=list)

    def append(self, mail: Taken) -> None:
        """Keep what identifies a mail, and forget its bytes."""
        found = MESSAGE_ID.search(mail.content)
        assert found, "a mail without a Message-ID"
        reference, _, delivery = found[1].decode().partition("@")[0].partition(".")
        digest = hashlib.sha256(mail.content).digest()
        self.copies.append(Copy(time.monotonic(), self.relay, mail.to, reference.upper(), delivery, digest))


def keeping(name: str) -> tuple[ScriptedRelay, Ledger]:
    """Return a relay whose mails go into a ledger."""
    ledger = Ledger(name)
    return ScriptedRelay(taken=ledger), ledger

"""Screening: what is thought of an enquiry when it comes in, and which of its mails are held back for that.

Nothing is ever dropped for it: a mistake costs a mail, never an enquiry.
"""

from typing import NamedTuple

from clinic.delivery import Kind

# In front of the cause of what a human may release.
QUARANTINE = "quarantine-"


class Screening(NamedTuple):
    """`quarantined`: why it looks like spam; `unconfirmed`: why no confirmation may go to its address.

    Each is one word, or empty.
    """

    quarantined: str = ""
    unconfirmed: str = ""

    def suppresses(self, kind: Kind) -> str:
        """Return the cause for which a mail of this kind does not go out, or nothing."""
        if kind is Kind.CONFIRMATION and self.unconfirmed:
            return self.unconfirmed
        return QUARANTINE + self.quarantined if self.quarantined else ""

    def beyond(self, limit: "Limit") -> "Screening":
        """Return what is thought of it when a limit is exceeded."""
        return Screening(limit.quarantines or self.quarantined, limit.unconfirms or self.unconfirmed)


CLEAR = Screening()


class Limit(NamedTuple):
    """How much may come from one side, as the store counts it, and why an enquiry beyond it is held back.

    What is beyond it comes under the limit `then`; one that `refuses` has it not stored at all.
    """

    side: bytes
    quarantines: str = ""
    unconfirms: str = ""
    then: "Limit | None" = None
    refuses: bool = False

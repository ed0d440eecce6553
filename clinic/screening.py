"""Screening: what is thought of an enquiry when it comes in, and which of its mails are held back for that.

Nothing is ever dropped for it: a mistake costs a mail, never an enquiry.
"""

from dataclasses import dataclass

from clinic.delivery import Kind

# In front of the cause of what a human may release.
QUARANTINE = "quarantine-"


@dataclass(frozen=True, slots=True)
class Screening:
    """`quarantined`: why it looks like no patient's; `unconfirmed`: why no confirmation may go to its address.

    Each is one word, or empty.
    """

    quarantined: str = ""
    unconfirmed: str = ""

    def suppresses(self, kind: Kind) -> str:
        """Return the cause for which a mail of this kind does not go out, or nothing."""
        if kind is Kind.CONFIRMATION and self.unconfirmed:
            return self.unconfirmed
        return QUARANTINE + self.quarantined if self.quarantined else ""


CLEAR = Screening()

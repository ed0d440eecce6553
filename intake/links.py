"""Links to the confirmation page: what it shows is in the link itself, signed, so that it needs no store."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from clinic.clock import Clock, instant, milliseconds
from clinic.reference import parse_reference
from intake.signing import Signed

PURPOSE = "confirmation page"
SHOWN_FOR = timedelta(hours=24)
# In front of the path of a page that is shown in a frame of a website.
IN_FRAME = "/embed"


class Confirmation(NamedTuple):
    """What the confirmation page tells; nothing about a person."""

    reference: str
    received_at: datetime
    site: str


class ConfirmationLinks:
    """Signs and reads links; each secret gives a key of its own for this one purpose."""

    def __init__(self, secrets: Sequence[str], clock: Clock) -> None:
        """Take the secrets, newest first."""
        self._signed = Signed(secrets, PURPOSE)
        self._clock = clock

    def path(self, confirmation: Confirmation) -> str:
        """Return the path of the page."""
        payload = f"{confirmation.reference}.{milliseconds(confirmation.received_at)}.{confirmation.site}"
        return f"/enquiries/{self._signed.sign(payload)}"

    def read(self, token: str) -> Confirmation | None:
        """Return what a link of ours says, or None for one that is forged, damaged or too old."""
        payload = self._signed.read(token)
        if payload is None:
            return None
        reference, received_ms, site = payload.split(".", 2)
        received_at = instant(int(received_ms))
        if parse_reference(reference) is None or self._clock.now() - received_at > SHOWN_FOR:
            return None
        return Confirmation(reference, received_at, site)

"""Links in reception's mails: a reference and when it came, signed for one purpose each; nothing of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from clinic.clock import Clock, instant
from clinic.reference import parse_reference
from intake.signing import Signed

# Longer than an enquiry stays open in any clinic.
GOOD_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a link is for, which its signature is bound to, and the path of its page."""

    signed_for: str
    path: str


CONTACTED = Purpose("mark as contacted", "/contacted/")
NOT_SPAM = Purpose("not spam", "/not-spam/")


class ActLinks:
    """Signs and reads the links of one purpose."""

    def __init__(self, purpose: Purpose, secrets: Sequence[str], clock: Clock, public_url: str) -> None:
        """Take the secrets, newest first; without a public URL there is no address to lead to, so no link."""
        self._path = purpose.path
        self._signed = Signed(secrets, purpose.signed_for)
        self._clock = clock
        self._public_url = public_url

    def url(self, reference: str, received_ms: int) -> str:
        """Return the address of the page of one enquiry, or nothing."""
        if not self._public_url:
            return ""
        return self._public_url + self._path + self._signed.sign(f"{reference}.{received_ms}")

    def read(self, token: str) -> str | None:
        """Return the reference that a link of ours names, or None for one that is forged, damaged or too old."""
        payload = self._signed.read(token)
        if payload is None:
            return None
        reference, received_ms = payload.split(".")
        if self._clock.now() - instant(int(received_ms)) > GOOD_FOR:
            return None
        return parse_reference(reference)

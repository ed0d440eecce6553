"""Form tokens: a signed nonce in each view of our form that says when the form was shown."""

import re
import secrets as random
from collections.abc import Sequence
from datetime import timedelta

from clinic.clock import Clock, milliseconds
from intake.signing import Signed

PURPOSE = "form token"
SHAPE = re.compile(r"[0-9]{13}\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")
# Nobody types a name, an address and a message in less; a person whose browser fills them in still reads and presses.
FASTEST = timedelta(seconds=2)


def is_token(nonce: str) -> bool:
    """Return whether a nonce has the shape of one of ours; whoever copies our form has it, and our fields, too."""
    return SHAPE.fullmatch(nonce) is not None


class FormTokens:
    """Makes and judges tokens; a form without one is not ours, and no worse for it."""

    def __init__(self, secrets: Sequence[str], clock: Clock) -> None:
        """Take the secrets, newest first."""
        self._signed = Signed(secrets, PURPOSE)
        self._clock = clock

    def new(self, *, shown_before: bool = False) -> str:
        """Return the nonce of one view; a form that comes back with its faults was read before and may be quick."""
        shown = milliseconds(self._clock.now() - (FASTEST if shown_before else timedelta()))
        return self._signed.sign(f"{shown}.{random.token_urlsafe(16)}")

    def suspicion(self, nonce: str) -> str:
        """Return what is wrong with a nonce in one word, or nothing; one of a website's own form is not judged.

        However old a token is, it only says that the form lay open: nothing is refused for that.
        """
        if not is_token(nonce):
            return ""
        text = self._signed.read(nonce)
        if text is None:
            return "forged-token"
        age = milliseconds(self._clock.now()) - int(text.partition(".")[0])
        # An age below zero is another intake's clock.
        return "too-fast" if 0 <= age < FASTEST // timedelta(milliseconds=1) else ""

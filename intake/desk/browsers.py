"""Browsers that have signed somebody in before: a stranger who guesses a password must not lock its owner out."""

import secrets as random
from collections.abc import Mapping, Sequence
from datetime import timedelta

from clinic.clock import Clock, milliseconds
from intake.signing import Signed

KNOWN_FOR = timedelta(days=90)


class Browsers:
    """Knows them by a signed cookie, one for each name; it signs nobody in.

    The edition of the name's account is in it: whoever has the secret and not the accounts can't write one, and so has
    no more tries than anybody.
    """

    def __init__(self, secrets: Sequence[str], clock: Clock) -> None:
        """Take the secrets, newest first."""
        self._signed = Signed(secrets, "desk browser")
        self._clock = clock

    def known(self, cookies: Mapping[str, str], name: str, edition: str | None) -> str | None:
        """Return what tells the browser apart, where it has signed this very name in; None for any other."""
        told = self._signed.read(cookies.get(cookie_of(name), ""))
        if told is None:
            return None
        whose, since, its_edition, browser = told.rsplit(".", 3)
        age = milliseconds(self._clock.now()) - int(since)
        fresh = age <= KNOWN_FOR // timedelta(milliseconds=1)
        return browser if fresh and (whose, its_edition) == (name, edition) else None

    def new(self, name: str, edition: str) -> str:
        """Return the value of the cookie for a browser that signs this name in."""
        return self._signed.sign(f"{name}.{milliseconds(self._clock.now())}.{edition}.{random.token_urlsafe(16)}")


def cookie_of(name: str) -> str:
    """Return the name of the cookie for somebody who signs in."""
    return f"desk-{name}"

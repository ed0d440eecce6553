"""Accounts: who may sign in at the desk, from a file of names and argon2 hashes. The only door to argon2."""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from clinic.errors import ConfigurationError

NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
SHORTEST_PASSWORD = 10
# RFC 9106, section 4, second choice, which is the library's own.
HASHER = PasswordHasher()


class Accounts:
    """Names and the hashes of their passwords; a file is read at the start."""

    def __init__(self, hashes: Mapping[str, str]) -> None:
        self._hashes = dict(hashes)
        # Compared where a name is unknown, so that the time an answer takes does not tell names.
        self._nobody = HASHER.hash("nobody has this password")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file of lines "name:hash"; raise ConfigurationError."""
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"DESK_USERS: {path} can't be read: {error}"]) from None
        hashes: dict[str, str] = {}
        for number, line in enumerate(lines, 1):
            name, _, hashed = line.strip().partition(":")
            if not name or name.startswith("#"):
                continue
            if not NAME.fullmatch(name) or not hashed.startswith("$argon2id$") or name in hashes:
                fault = "write one line for each name, as `frontdesk desk-password NAME` prints it"
                raise ConfigurationError([f"DESK_USERS: {path}, line {number} is no account: {fault}"])
            hashes[name] = hashed
        if not hashes:
            raise ConfigurationError(
                [f"DESK_USERS: {path} has no account: add one with `frontdesk desk-password NAME`"]
            )
        return cls(hashes)

    def verify(self, name: str, password: str) -> bool:
        """Return whether this is somebody's password; it takes about 50 ms, so not in the event loop."""
        try:
            HASHER.verify(self._hashes.get(name, self._nobody), password)
        except (Argon2Error, InvalidHashError):
            return False
        return name in self._hashes

    def edition(self, name: str) -> str | None:
        """Return what changes with somebody's password, or None for nobody: a new one ends the sessions of the old."""
        hashed = self._hashes.get(name)
        return hashlib.sha256(hashed.encode()).hexdigest()[:12] if hashed else None


def account_line(name: str, password: str) -> str:
    """Return the line of an account; raise ConfigurationError for a name or a password that won't do."""
    if not NAME.fullmatch(name):
        raise ConfigurationError([f"{name!r} is no name: use up to 40 letters, digits, dots, hyphens and underscores"])
    if len(password) < SHORTEST_PASSWORD:
        raise ConfigurationError([f"the password needs at least {SHORTEST_PASSWORD} characters"])
    return f"{name}:{HASHER.hash(password)}"

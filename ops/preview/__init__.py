"""Previews: every mail in every state, written to files for a person to look at."""

from ops.preview.cases import Case, cases
from ops.preview.digest_cases import NOT_SPAM, DigestCase, digests
from ops.preview.files import every, write_previews
from ops.preview.sample import CLOSED, DESK, HOSTILE, LINK, OPEN

__all__ = [
    "CLOSED",
    "DESK",
    "HOSTILE",
    "LINK",
    "NOT_SPAM",
    "OPEN",
    "Case",
    "DigestCase",
    "cases",
    "digests",
    "every",
    "write_previews",
]

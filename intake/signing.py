"""The door to itsdangerous: what we sign, we know again, each purpose under keys of its own."""

import hashlib
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer

from clinic.seal import derive


class Signed:
    """Signs texts for one purpose with the newest secret, and reads what any of the secrets signed."""

    def __init__(self, secrets: Sequence[str], purpose: str) -> None:
        """Take the secrets, newest first."""
        # itsdangerous signs with the last key. It need not derive keys again: ours have one purpose each already.
        keys = [derive(secret, purpose) for secret in reversed(secrets)]
        self._signer = Signer(keys, key_derivation="none", digest_method=hashlib.sha256)

    def sign(self, text: str) -> str:
        """Return the text with its signature after a dot."""
        return self._signer.sign(text).decode()

    def read(self, signed: str) -> str | None:
        """Return the text, or None for what we did not sign."""
        try:
            return self._signer.unsign(signed).decode()
        except BadSignature:
            return None

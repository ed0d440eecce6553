"""The door to itsdangerous: what we sign, we know again, each purpose under keys of its own."""

from base64 import urlsafe_b64encode
from collections.abc import Sequence

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

from clinic.seal import Mac, derive

# Nothing that we sign is longer, and nothing longer is worth a look.
LONGEST = 200


class HmacSha256(SigningAlgorithm):
    """HMAC-SHA256 as we sign with it: itsdangerous's own takes as long as sealing an enquiry."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        """Return the 32 bytes."""
        return Mac(key).of(value)


class Signed:
    """Signs texts for one purpose with the newest secret, and reads what any of the secrets signed."""

    def __init__(self, secrets: Sequence[str], purpose: str) -> None:
        """Take the secrets, newest first."""
        # itsdangerous signs with the last key. It need not derive keys again: ours have one purpose each already.
        keys = [derive(secret, purpose) for secret in reversed(secrets)]
        self._signer = Signer(keys, key_derivation="none", algorithm=HmacSha256())
        self._newest = Mac(keys[-1])

    def sign(self, text: str) -> str:
        """Return the text with its signature after a dot, as itsdangerous does in three times as long."""
        return f"{text}.{urlsafe_b64encode(self._newest.of(text.encode())).rstrip(b'=').decode()}"

    def read(self, signed: str) -> str | None:
        """Return the text, or None for what we did not sign."""
        if len(signed) > LONGEST or not signed.isascii():
            return None
        try:
            return self._signer.unsign(signed).decode()
        except BadSignature:
            return None

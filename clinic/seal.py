"""Sealing: what a patient wrote is kept encrypted, and every derived key has one purpose."""

import hashlib
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clinic.errors import KeyUnknown, SealBroken

KEY_ID_BYTES = 4
NONCE_BYTES = 12


def derive(secret: str, purpose: str) -> bytes:
    """Return 32 key bytes for one purpose (HKDF-SHA256, RFC 5869), so that no key serves two."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"frontdesk {purpose}".encode()).derive(secret.encode())


class Mac:
    """HMAC-SHA256 (RFC 2104) under one key, which is taken up once: to look the hash up each time takes longer."""

    def __init__(self, key: bytes) -> None:
        self._keyed = HMAC(key, hashes.SHA256())

    def of(self, value: bytes) -> bytes:
        """Return the 32 bytes."""
        mac = self._keyed.copy()
        mac.update(value)
        return mac.finalize()


class Seal:
    """Seals with the newest secret and opens with any: AES-256-GCM (NIST SP 800-38D), bound to the reference.

    A sealed record is key id (4 bytes), nonce (12 bytes), ciphertext and tag. The reference is authenticated with it,
    so a record moved under another reference does not open.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        """Take the secrets, newest first; at least one."""
        keys = [derive(secret, "seal") for secret in secrets]
        self._ciphers = {hashlib.sha256(key).digest()[:KEY_ID_BYTES]: AESGCM(key) for key in keys}
        self._newest = next(iter(self._ciphers))

    def close(self, plain: bytes, reference: str) -> bytes:
        """Return the sealed record."""
        nonce = os.urandom(NONCE_BYTES)
        return self._newest + nonce + self._ciphers[self._newest].encrypt(nonce, plain, reference.encode())

    def is_newest(self, sealed: bytes) -> bool:
        """Return whether a record is sealed with the newest secret."""
        return sealed[:KEY_ID_BYTES] == self._newest

    def open(self, sealed: bytes, reference: str) -> bytes:
        """Return what was sealed, or raise SealBroken."""
        key_id, nonce = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise KeyUnknown(f"no secret given opens records of key {key_id.hex()}: add it to FRONTDESK_OLD_SECRETS")
        try:
            return cipher.decrypt(nonce, sealed[KEY_ID_BYTES + NONCE_BYTES :], reference.encode())
        except InvalidTag:
            raise SealBroken("the record was changed, or belongs to another reference") from None


class Blinder:
    """Turns what must be recognised again, but not read, into 16 opaque bytes (HMAC-SHA256)."""

    def __init__(self, secret: str, purpose: str, older: Sequence[str] = ()) -> None:
        """Take the newest secret, and the `older` ones under which it may have been kept."""
        self._mac = Mac(derive(secret, purpose))
        self._macs = [self._mac, *(Mac(derive(each, purpose)) for each in older)]

    def blind(self, value: bytes) -> bytes:
        """Return the 16 bytes that stand for `value` in keys and limits."""
        return self._mac.of(value)[:16]

    def under_each(self, value: bytes) -> bytes:
        """Return the 16 bytes under each secret, one after the other, the newest first."""
        return b"".join([mac.of(value)[:16] for mac in self._macs])

"""Nonces: by what a form is known that was sent before, so that it counts once."""

from clinic.enquiry import Enquiry
from intake.head import is_key
from intake.tokens import is_token


def known_by(nonce: str, enquiry: Enquiry, body: bytes) -> tuple[str | None, bytes]:
    """Return the idempotency key of a form and what has to be the same under it; no key where the nonce is none.

    Each view of our own form has another nonce. One of a website's may be the same for all who visit it in a day, out
    of its page cache: under that only the very same enquiry is known again, whatever else the website sends with it.
    """
    if not is_key(nonce):
        return None, body
    if is_token(nonce):
        return nonce, body
    words = enquiry.model_dump_json()
    # With a space in it, it is nobody's key by chance.
    return f"{nonce} {words}", words.encode()

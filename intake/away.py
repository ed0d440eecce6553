"""Away: what staff are told while the store does not answer."""

from collections.abc import Iterator
from contextlib import contextmanager

from clinic.errors import StoreUnavailable
from intake.problem import STORE_AWAY
from intake.refusal import RETRY_AFTER, Refusal


@contextmanager
def told_when_away() -> Iterator[None]:
    """Raise Refusal in the words for staff where the store is away."""
    try:
        yield
    except StoreUnavailable as fault:
        raise Refusal(STORE_AWAY, headers=[RETRY_AFTER], cause=str(fault)) from None

"""Garbage: while a process starts there is none to be found, and what stands then is not looked at again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects that may be more before a collection looks at the youngest; Python's own 700 are a few requests or mails.
AT_MOST = 20_000


@contextmanager
def uncollected() -> Iterator[None]:
    """Collect nothing meanwhile, or until `collected`: a start makes many objects, and drops next to none."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def collected() -> None:
    """Collect from now on what comes now: a full collection need not look at the rest, while somebody waits.

    A request leaves no cycles behind, nor does a mail, save where something went wrong.
    """
    gc.freeze()
    gc.set_threshold(AT_MOST)
    gc.enable()

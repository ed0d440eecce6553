"""Lanes in the diary: one sorted set holds them all, far apart."""

from collections.abc import Iterable

from clinic.delivery import DeliveryName, Lane

# More than any due time in milliseconds until the year 2286, so that the lanes lie apart in one sorted set, and little
# enough that a double holds lane and milliseconds exactly.
LANE_MS = 10**13


def start_of(lane: Lane) -> int:
    """Return where a lane begins in the diary."""
    return lane * LANE_MS


def lanes_of(names: Iterable[DeliveryName]) -> str:
    """Return deliveries as a script takes them in one argument: each name and where its lane begins."""
    return " ".join(f"{name} {start_of(name.lane)}" for name in names)

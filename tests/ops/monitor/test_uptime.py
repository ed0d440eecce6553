"""Uptime: what counts is how long the store has answered since it was away, not since we began."""

import math

from ops.monitor.uptime import Uptime
from tests.ops.monitor.well import WELL


def test_it_counts_from_when_the_store_was_back() -> None:
    seconds = [100.0]
    uptime = Uptime(lambda: seconds[0])
    assert uptime.ms(WELL) == math.inf
    assert uptime.ms(None) == 0
    seconds[0] = 148
    assert uptime.ms(WELL) == 0
    seconds[0] = 150.5
    assert uptime.ms(WELL) == 2500

"""Uptime: what counts is how long the store has answered since it was away, not since we began."""

import math
from dataclasses import replace

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


def test_it_begins_anew_where_all_stood_still_for_nobody_could_tell_anything_then() -> None:
    """A machine that wakes up is read before its intakes beat: they are not to be missed each morning."""
    seconds, at_ms = [0.0], WELL.at_ms
    uptime = Uptime(lambda: seconds[0])
    assert uptime.ms(replace(WELL, at_ms=at_ms)) == math.inf
    assert uptime.ms(replace(WELL, at_ms=at_ms + 20_000)) == math.inf
    # The steady clock does not count while a machine sleeps.
    assert uptime.ms(replace(WELL, at_ms=at_ms + 50_000)) == 0
    assert uptime.ms(replace(WELL, at_ms=at_ms + 50_000)) == 0
    seconds[0] = 5
    assert uptime.ms(replace(WELL, at_ms=at_ms + 55_000)) == 5000
    seconds[0] = 50
    assert uptime.ms(replace(WELL, at_ms=at_ms + 100_000)) == 0


def test_where_every_reading_comes_late_it_counts_all_the_same() -> None:
    seconds, at_ms = [0.0], WELL.at_ms
    uptime = Uptime(lambda: seconds[0])
    found = []
    for number in range(4):
        seconds[0] = number * 25
        reading = replace(WELL, at_ms=at_ms + number * 25_000)
        found.append(uptime.ms(reading))
        assert uptime.ms(reading) == found[-1]
    assert found == [math.inf, 0, 25_000, 50_000]

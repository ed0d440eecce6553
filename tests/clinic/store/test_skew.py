"""A machine whose clock is far from the server's does not start, and one that is near does."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.errors import UnsafeForNow
from clinic.store.skew import FARTHEST, check_skew
from tests.support.clock import SetClock
from tests.support.valkey import Client


@pytest.mark.parametrize(("off", "way"), [(FARTHEST * 1.1, "ahead of"), (-timedelta(days=365), "behind")])
async def test_a_clock_that_is_far_off_is_refused(redis: Client, off: timedelta, way: str) -> None:
    with pytest.raises(UnsafeForNow, match=rf"clock: this machine is \d+ s {way} the server of REDIS_URL.*NTP"):
        await check_skew(redis, SetClock(datetime.now(UTC) + off))


@pytest.mark.parametrize("off", [timedelta(), FARTHEST * 0.9, -FARTHEST * 0.9])
async def test_a_clock_that_is_near_is_good(redis: Client, off: timedelta) -> None:
    await check_skew(redis, SetClock(datetime.now(UTC) + off))

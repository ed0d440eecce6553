"""Skew: how far this machine's clock and the server's are apart; a start is refused where it is far."""

from datetime import timedelta

from redis.asyncio import Redis

from clinic.clock import Clock, milliseconds
from clinic.errors import UnsafeForNow
from clinic.store.connect import server_ms

# What is promised and what is too old is judged by this machine's clock, what is due and what is over by the server's.
FARTHEST = timedelta(minutes=5)


async def check_skew(redis: Redis, clock: Clock) -> None:
    """Raise UnsafeForNow where the clocks are farther apart than FARTHEST, or StoreUnavailable."""
    apart = timedelta(milliseconds=milliseconds(clock.now()) - await server_ms(redis))
    if abs(apart) > FARTHEST:
        way = "ahead of" if apart > timedelta() else "behind"
        off = f"this machine is {abs(apart).total_seconds():.0f} s {way} the server of REDIS_URL"
        raise UnsafeForNow([f"clock: {off}, and would promise wrong times: run NTP on both machines"])

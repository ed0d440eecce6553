"""Time that a test sets: a clock to hand in, and the diary, whose clock is the server's own."""

from datetime import UTC, datetime, timedelta

from tests.support.valkey import Client


class SetClock:
    """A clock that stands where it is put: at first a Monday morning, the clinic open."""

    def __init__(self, at: datetime = datetime(2026, 11, 23, 9, tzinfo=UTC)) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def forward(self, seconds: float = 0, **more: float) -> None:
        """Move on by so many seconds, or by hours=2; back by less than nothing."""
        self.at += timedelta(seconds=seconds, **more)


async def pass_time(redis: Client, seconds: float) -> None:
    """Let time pass for the diary only: whatever is due later, leases too, comes nearer by so many seconds."""
    for member in await redis.zrange("diary", 0, -1):
        await redis.zadd("diary", {member: -seconds * 1000}, incr=True, xx=True)

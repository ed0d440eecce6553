"""Who may log in at the relay: one at a time, and nobody for a while after a refusal."""

from clinic.store import Gauges, Logins
from tests.support.valkey import Client


async def test_one_login_is_tried_at_a_time_and_a_refused_one_shuts_the_door(redis: Client) -> None:
    logins = Logins(redis)
    assert await logins.turn() == 0
    assert 0 < await logins.turn() <= 10_000
    assert await logins.refused() == 60_000
    assert 10_000 < await logins.turn() <= 60_000
    await logins.succeeded()
    assert await logins.turn() == 0


async def test_a_refused_login_counts_as_refused_while_it_is_tried_again(redis: Client) -> None:
    """Else its alarm was over for a moment each minute, and rang anew."""
    logins, gauges = Logins(redis), Gauges(redis)
    assert await logins.turn() == 0
    assert not (await gauges.read()).login_paused
    await logins.refused()
    passed = await redis.pttl("login") - 60_000
    assert passed > 0
    await redis.pexpire("login", passed)
    assert (await gauges.read()).login_paused
    assert await logins.turn() == 0
    assert (await gauges.read()).login_paused
    assert 0 < await logins.turn() <= 10_000
    await logins.succeeded()
    assert not (await gauges.read()).login_paused

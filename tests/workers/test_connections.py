"""Connections are kept, replaced when they went stale, and opened one login at a time until one succeeds."""

import asyncio
import time
from collections.abc import Callable
from typing import cast

import pytest

from clinic.relay import Relay
from clinic.store import Logins
from tests.support.relay import Answer, ScriptedRelay
from workers.connections import IDLE_SECONDS, TRUSTED_SECONDS, Connections
from workers.outcome import Outcome, Verdict

MAIL = b"Subject: x\r\n\r\nbody\r\n"


class LoginTurns:
    """The part of the store that connections use, as the store's own test holds it."""

    def __init__(self) -> None:
        self.wait_ms = 0
        self.refusals = 0
        self.successes = 0

    async def turn(self) -> int:
        return self.wait_ms

    async def refused(self) -> int:
        self.refusals += 1
        self.wait_ms = 60_000
        return 60_000

    async def succeeded(self) -> None:
        self.successes += 1


async def nothing() -> None:
    pass


def connections(
    url: str,
    turns: LoginTurns | None = None,
    seconds: float = 5.0,
    steady: Callable[[], float] = time.monotonic,
) -> Connections:
    return Connections(Relay.parse(url), cast(Logins, turns or LoginTurns()), seconds, steady)


async def send(pool: Connections) -> Outcome:
    return await pool.send("clinic@a.test", "patient@b.test", MAIL, nothing)


async def test_second_mail_goes_over_the_same_connection() -> None:
    async with ScriptedRelay() as server:
        pool = connections(server.url)
        outcomes = [await send(pool), await send(pool)]
        await pool.close()
    assert [outcome.verdict for outcome in outcomes] == [Verdict.SENT, Verdict.SENT]
    assert (server.seen["CONNECT"], server.seen["QUIT"]) == (1, 1)


async def test_connection_that_the_relay_closed_meanwhile_is_replaced_without_a_failed_attempt() -> None:
    async with ScriptedRelay() as server:
        mails = iter([None, Answer(None, drop=True)])
        server.script["MAIL"] = lambda _line: next(mails, None)
        pool = connections(server.url)
        assert (await send(pool)).verdict is Verdict.SENT
        assert (await send(pool)).verdict is Verdict.SENT
        await pool.close()
    assert server.seen["CONNECT"] == 2
    assert len(server.taken) == 2


@pytest.mark.parametrize(("verb", "verdict"), [("EHLO", Verdict.AWAY), ("RCPT", Verdict.RETRY), ("DOT", Verdict.DOUBT)])
async def test_relay_that_stalls_is_left_when_the_attempt_is_over(verb: str, verdict: Verdict) -> None:
    async with ScriptedRelay() as server:
        server.always(verb, b"250 late\r\n", delay=30)
        outcome = await send(connections(server.url, seconds=0.2))
    assert outcome == Outcome(verdict, f"{verb.lower()}-silence")


async def test_relay_that_drips_is_left_when_the_attempt_is_over() -> None:
    async with ScriptedRelay() as server:
        server.always("RCPT", b"250 " + b"slow" * 100 + b"\r\n", drip=0.05)
        outcome = await send(connections(server.url, seconds=0.3))
    assert outcome == Outcome(Verdict.RETRY, "rcpt-silence")


async def test_wrong_password_is_tried_once_a_minute_however_many_mails_wait() -> None:
    async with ScriptedRelay(offers=("AUTH PLAIN",)) as server:
        server.always("AUTH", b"535 no\r\n")
        turns = LoginTurns()
        pool = connections(f"smtp://user:wrong@127.0.0.1:{server.port}", turns)
        outcomes = await asyncio.gather(*(send(pool) for _ in range(20)))
    assert [outcome.verdict for outcome in outcomes] == [Verdict.LOCKED_OUT, *[Verdict.UNTRIED] * 19]
    assert {outcome.wait_ms for outcome in outcomes} == {60_000}
    assert (server.seen["AUTH"], turns.refusals) == (1, 1)


async def test_after_one_good_login_all_log_in_at_once() -> None:
    async with ScriptedRelay(offers=("AUTH PLAIN",)) as server:
        server.always("DOT", b"250 ok\r\n", delay=0.1)
        turns = LoginTurns()
        pool = connections(f"smtp://user:right@127.0.0.1:{server.port}", turns)
        outcomes = await asyncio.gather(*(send(pool) for _ in range(10)))
        await pool.close()
    assert {outcome.verdict for outcome in outcomes} == {Verdict.SENT}
    assert (server.seen["CONNECT"], turns.successes) == (10, 1)


async def test_password_that_is_changed_at_the_relay_closes_the_door_again() -> None:
    async with ScriptedRelay(offers=("AUTH PLAIN",)) as server:
        turns = LoginTurns()
        pool = connections(f"smtp://user:right@127.0.0.1:{server.port}", turns)
        server.always("DOT", b"250 ok\r\n", drop=False)
        assert (await send(pool)).verdict is Verdict.SENT
        await pool.close()
        server.always("AUTH", b"535 no\r\n")
        assert (await send(pool)).verdict is Verdict.LOCKED_OUT
        assert (await send(pool)).cause == "auth-waiting"
    assert server.seen["AUTH"] == 2


@pytest.mark.parametrize(("idle", "logins"), [(TRUSTED_SECONDS - 1, 8), (TRUSTED_SECONDS, 1)])
async def test_a_password_that_may_have_changed_since_the_last_login_is_tried_by_one(idle: float, logins: int) -> None:
    now = 100.0
    async with ScriptedRelay(offers=("AUTH PLAIN",)) as server:
        turns = LoginTurns()
        pool = connections(f"smtp://user:right@127.0.0.1:{server.port}", turns, steady=lambda: now)
        assert (await send(pool)).verdict is Verdict.SENT
        await pool.close()
        server.always("AUTH", b"535 no\r\n")
        now += idle
        outcomes = await asyncio.gather(*(send(pool) for _ in range(8)))
    assert {outcome.verdict for outcome in outcomes} <= {Verdict.LOCKED_OUT, Verdict.UNTRIED}
    assert server.seen["AUTH"] - 1 == turns.refusals == logins


async def test_whoever_waits_for_the_first_login_hears_that_the_relay_is_away() -> None:
    async with ScriptedRelay(offers=("AUTH PLAIN",)) as server:
        server.always("CONNECT", b"421 busy\r\n", delay=0.05)
        pool = connections(f"smtp://user:right@127.0.0.1:{server.port}")
        outcomes = await asyncio.gather(*(send(pool) for _ in range(20)))
        assert {(outcome.verdict, outcome.cause) for outcome in outcomes} == {(Verdict.AWAY, "connect-421")}
        assert server.seen["CONNECT"] == 1
        server.script.clear()
        assert (await send(pool)).verdict is Verdict.SENT
        await pool.close()


async def test_once_one_was_let_in_the_others_log_in_side_by_side() -> None:
    arrived: list[float] = []

    def slow(_line: str) -> Answer | None:
        arrived.append(time.monotonic())
        return Answer(b"235 ok\r\n", delay=0.2) if len(arrived) > 1 else None

    async with ScriptedRelay(offers=("AUTH PLAIN",)) as server:
        server.script["AUTH"] = slow
        server.always("DOT", b"250 ok\r\n", delay=0.2)
        pool = connections(f"smtp://user:right@127.0.0.1:{server.port}")
        await asyncio.gather(*(send(pool) for _ in range(10)))
        await pool.close()
    # One after the other the nine would take 1.6 s to begin.
    assert len(arrived) == 10
    assert arrived[-1] - arrived[1] < 0.8


async def test_a_connection_that_was_idle_for_long_is_left_before_the_relay_leaves_it() -> None:
    now = 100.0
    async with ScriptedRelay() as server:
        pool = connections(server.url, steady=lambda: now)
        await send(pool)
        now += IDLE_SECONDS
        await send(pool)
        assert server.seen["CONNECT"] == 1
        now += IDLE_SECONDS + 1
        assert (await send(pool)).verdict is Verdict.SENT
        await pool.close()
    assert server.seen["CONNECT"] == 2


async def test_what_the_relay_refuses_on_a_kept_connection_is_refused() -> None:
    async with ScriptedRelay() as server:
        pool = connections(server.url)
        await send(pool)
        server.always("RCPT", b"550 nobody\r\n")
        assert await send(pool) == Outcome(Verdict.FAILED, "rcpt-550")
    assert (server.seen["CONNECT"], server.seen["RCPT"]) == (1, 2)


async def test_a_login_that_succeeds_again_is_no_news_for_the_others() -> None:
    now = 100.0
    async with ScriptedRelay(offers=("AUTH PLAIN",)) as server:
        turns = LoginTurns()
        pool = connections(f"smtp://user:right@127.0.0.1:{server.port}", turns, steady=lambda: now)
        await send(pool)
        await pool.close()
        now += TRUSTED_SECONDS
        assert (await send(pool)).verdict is Verdict.SENT
        await pool.close()
    assert (server.seen["AUTH"], turns.successes) == (2, 1)

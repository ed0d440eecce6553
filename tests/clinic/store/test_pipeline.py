"""Scripts called at once leave together, and each caller has the answer of its own, whatever becomes of the others."""

import asyncio
import time
from pathlib import Path

import pytest
from redis.exceptions import RedisError, ResponseError

from clinic.store import connect
from clinic.store.pipeline import OPEN_SECONDS, Pipeline
from tests.support.proxy import Proxy
from tests.support.valkey import Client, Valkey

ECHO = "if ARGV[1] == 'no' then return redis.error_reply('no') end redis.call('INCR', 'n') return ARGV[1]"


async def test_each_has_its_own_answer_and_a_fault_is_its_own_too(redis: Client) -> None:
    script, pipeline = redis.register_script(ECHO), Pipeline(redis)
    words = ["no" if number % 7 == 0 else str(number) for number in range(200)]
    found = await asyncio.gather(*(pipeline.call(script, [], [word]) for word in words), return_exceptions=True)
    for word, answer in zip(words, found, strict=True):
        if word == "no":
            assert isinstance(answer, ResponseError)
        else:
            assert answer == word.encode()


async def test_what_cannot_be_sent_is_a_fault_of_its_caller_alone(redis: Client) -> None:
    script, pipeline = redis.register_script(ECHO), Pipeline(redis)
    words = ["1", "\ud800", "2", "3"]
    found = await asyncio.gather(*(pipeline.call(script, [], [word]) for word in words), return_exceptions=True)
    assert isinstance(found[1], UnicodeError)
    assert [*found[:1], *found[2:]] == [b"1", b"2", b"3"]


async def test_they_leave_in_a_few_writes(redis: Client) -> None:
    script, pipeline = redis.register_script(ECHO), Pipeline(redis)
    await pipeline.call(script, [], ["1"])
    before = (await redis.info("stats"))["total_reads_processed"]
    await asyncio.gather(*(pipeline.call(script, [], [str(number)]) for number in range(200)))
    # A read takes 16 KiB at most; the two questions for this number count too.
    assert (await redis.info("stats"))["total_reads_processed"] - before <= 5
    assert await redis.get("n") == b"201"


async def test_a_server_that_forgot_its_scripts_is_given_them_again_and_runs_each_once(redis: Client) -> None:
    script, pipeline = redis.register_script(ECHO), Pipeline(redis)
    await redis.script_flush()
    assert await asyncio.gather(*(pipeline.call(script, [], [str(number)]) for number in range(3))) == [
        b"0",
        b"1",
        b"2",
    ]
    assert await redis.get("n") == b"3"


async def test_who_gave_up_before_it_left_has_it_not_done(redis: Client) -> None:
    script, pipeline = redis.register_script(ECHO), Pipeline(redis)
    gone = asyncio.create_task(pipeline.call(script, [], ["gone"]))
    stays = asyncio.create_task(pipeline.call(script, [], ["stays"]))
    asyncio.get_running_loop().call_soon(gone.cancel)
    await asyncio.wait([gone, stays])
    assert stays.result() == b"stays"
    assert gone.cancelled()
    assert await redis.get("n") in (b"1", b"2")


async def test_a_server_that_is_away_is_told_to_all_and_forgotten_when_it_is_back(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    script, pipeline = redis.register_script(ECHO), Pipeline(redis)
    await pipeline.call(script, [], ["1"])
    valkey.kill()
    found = await asyncio.gather(*(pipeline.call(script, [], ["x"]) for _ in range(5)), return_exceptions=True)
    assert all(isinstance(one, RedisError | OSError) for one in found)
    await asyncio.to_thread(valkey.start)
    for _ in range(20):
        try:
            assert await pipeline.call(script, [], ["back"]) == b"back"
            break
        except RedisError:
            await asyncio.sleep(0.05)
    else:
        pytest.fail("it never came back")
    await redis.aclose()


async def test_who_waits_too_long_is_told_so_and_those_after_take_another_way(valkey: Valkey) -> None:
    async with Proxy(valkey.socket, way := valkey.socket.with_name("p")) as proxy:
        redis = connect(f"unix://{way}")
        script, pipeline = redis.register_script(ECHO), Pipeline(redis)
        await pipeline.call(script, [], ["1"], 5)
        proxy.black_hole = True
        found = await asyncio.gather(
            *(pipeline.call(script, [], ["x"], 0.1) for _ in range(5)),
            *(pipeline.call(script, [], ["y"], 0.2) for _ in range(5)),
            return_exceptions=True,
        )
        assert all(isinstance(one, TimeoutError | RedisError) for one in found)
        assert TimeoutError in [type(one) for one in found]
        proxy.black_hole = False
        # The connection on which an answer is missing is given up: what comes next takes another.
        assert await pipeline.call(script, [], ["back"], 1) == b"back"
        await redis.aclose()


@pytest.mark.parametrize("demoted", [{}, {"replica-serve-stale-data": "no"}], ids=["READONLY", "MASTERDOWN"])
async def test_a_server_that_is_another_s_replica_by_now_is_left_for_where_its_name_leads(
    valkey: Valkey, tmp_path: Path, demoted: dict[str, str]
) -> None:
    (tmp_path / "other").mkdir()
    other = Valkey(tmp_path / "other")
    other.start()
    (name := tmp_path / "name").symlink_to(valkey.socket)
    redis, old, new = connect(f"unix://{name}"), connect(valkey.url), connect(other.url)
    script, pipeline = redis.register_script(ECHO), Pipeline(redis)
    await pipeline.call(script, [], ["1"])
    # One that is at rest leads there too.
    await redis.ping()
    for setting, value in demoted.items():
        await old.config_set(setting, value)
    await old.replicaof("127.0.0.1", 1)
    name.unlink()
    name.symlink_to(other.socket)
    with pytest.raises(ResponseError):
        await pipeline.call(script, [], ["2"])
    await asyncio.sleep(0)
    assert await pipeline.call(script, [], ["3"]) == b"3"
    assert await new.get("n") == b"1"
    await redis.set("said", "over the connection that was at rest")
    assert await new.exists("said")
    for one in (redis, old, new):
        await one.aclose()
    other.remove()


async def test_a_server_that_takes_no_writes_for_a_while_is_asked_anew_once_a_second(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    script, pipeline = redis.register_script(ECHO), Pipeline(redis)
    await pipeline.call(script, [], ["1"])
    await redis.replicaof("127.0.0.1", 1)
    before = (await redis.info("stats"))["total_connections_received"]
    refused, deadline = 0, asyncio.get_running_loop().time() + 2.5
    while asyncio.get_running_loop().time() < deadline:
        found = await asyncio.gather(*(pipeline.call(script, [], ["x"]) for _ in range(5)), return_exceptions=True)
        assert all(isinstance(one, RedisError) for one in found)
        refused += len(found)
        await asyncio.sleep(0.01)
    assert refused > 500
    # Over each of them also one that was at rest, by which this is asked.
    assert (await redis.info("stats"))["total_connections_received"] - before <= 5
    await redis.replicaof("NO", "ONE")
    await asyncio.sleep(0.05)
    assert await pipeline.call(script, [], ["back"]) == b"back"
    await redis.aclose()


async def test_a_way_that_something_between_has_forgotten_is_found_and_replaced_before_anybody_needs_it(
    valkey: Valkey,
) -> None:
    async with Proxy(valkey.socket, way := valkey.socket.with_name("p")) as proxy:
        redis = connect(f"unix://{way}")
        script, pipeline = redis.register_script(ECHO), Pipeline(redis)
        await pipeline.call(script, [], ["1"], 5)
        proxy.forget()
        began = time.monotonic()
        await pipeline.ping()
        assert time.monotonic() - began < 2 * OPEN_SECONDS
        assert await pipeline.call(script, [], ["2"], 0.5) == b"2"
        await redis.aclose()


async def test_a_way_that_answers_is_kept_and_one_that_was_never_needed_is_opened(valkey: Valkey) -> None:
    async with Proxy(valkey.socket, way := valkey.socket.with_name("p")) as proxy:
        redis = connect(f"unix://{way}")
        script, pipeline = redis.register_script(ECHO), Pipeline(redis)
        for _ in range(3):
            await pipeline.ping()
            assert proxy.taken == 1
        assert await pipeline.call(script, [], ["1"], 5) == b"1"
        assert proxy.taken == 1
        await redis.aclose()


async def test_whoever_is_under_way_is_left_alone_and_who_comes_while_the_way_is_asked_has_their_own_time(
    valkey: Valkey,
) -> None:
    async with Proxy(valkey.socket, way := valkey.socket.with_name("p")) as proxy:
        redis = connect(f"unix://{way}")
        script, pipeline = redis.register_script(ECHO), Pipeline(redis)
        await pipeline.ping()
        proxy.freeze()
        asked = asyncio.create_task(pipeline.ping())
        await asyncio.sleep(0.2)
        called = asyncio.create_task(pipeline.call(script, [], ["1"], 5))
        await asyncio.sleep(0)
        # It has nothing to ask: whoever is under way finds out.
        await asyncio.wait_for(pipeline.ping(), 0.1)
        await asked
        proxy.thaw()
        assert await called == b"1"
        assert proxy.taken == 1
        await redis.aclose()


async def test_a_server_that_is_away_is_said_to_be(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    pipeline = Pipeline(redis)
    await pipeline.ping()
    valkey.kill()
    with pytest.raises((RedisError, OSError, TimeoutError)):
        await pipeline.ping()
    await asyncio.to_thread(valkey.start)
    await pipeline.ping()
    await redis.aclose()

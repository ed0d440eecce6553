"""Enquiries that come at once go to the store in one call, and each has an answer of its own."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from clinic.delivery import DeliveryName, Kind, State
from clinic.digest import FLOOD_WINDOW
from clinic.errors import StoreUnavailable
from clinic.store import Store, connect
from clinic.store.accepting import AT_MOST, BATCHES
from clinic.store.plans import packed
from clinic.store.words import Exceeded, Flood, NewDelivery, NewEnquiry, Plan, Stored, side
from tests.support.clock import SetClock
from tests.support.proxy import Direction, Proxy
from tests.support.valkey import Client, Valkey

MORNING = 1_795_424_400_000
ALERT, LIST = DeliveryName(Kind.ALERT), DeliveryName(Kind.FLOOD)
CONFIRMATION = NewDelivery(DeliveryName(Kind.CONFIRMATION), State.DUE, None)
PLAN = Plan("facts1", MORNING + 14_400_000, (CONFIRMATION, NewDelivery(ALERT, State.DUE, None)))
TWO_A_MINUTE, ONE_A_DAY = b"2 60000", b"1 86400000 3 2592000000"


def enquiry(number: int, *, key: bytes = b"", plan: Plan = PLAN, sides: tuple[bytes, ...] = ()) -> NewEnquiry:
    """Return enquiry so-and-so; its body is its key's."""
    reference = f"CFGH{number:04}"
    return NewEnquiry(reference, MORNING, b"sealed " + reference.encode(), packed(plan), key, key.ljust(16), sides)


@pytest.fixture
async def store(redis: Client) -> Store:
    made = Store(redis, SetClock())
    await made.keep_facts("facts1", b"{}")
    # The scripts are known to the server from here.
    await made.accept(enquiry(9999))
    await redis.config_resetstat()
    return made


async def calls(redis: Client) -> int:
    return int((await redis.info("commandstats")).get("cmdstat_evalsha", {"calls": 0})["calls"])


async def at_once(store: Store, *enquiries: NewEnquiry) -> list[object]:
    """Return the answers, or what was raised, of enquiries that come in the same turn of the loop."""
    return await asyncio.gather(*(store.accept(one) for one in enquiries), return_exceptions=True)


def stored(number: int) -> Stored:
    return Stored(f"CFGH{number:04}", MORNING, repeated=False)


async def test_all_that_come_at_once_are_stored_whole_in_one_call(store: Store, redis: Client) -> None:
    assert await at_once(store, *map(enquiry, range(AT_MOST))) == [stored(number) for number in range(AT_MOST)]
    assert await calls(redis) == 1
    assert len(await redis.keys("enquiry:*")) == len(await redis.keys("deliveries:*")) == AT_MOST + 1
    assert await redis.zcard("diary") == 2 * (AT_MOST + 1)
    assert await redis.zcard("open") == AT_MOST + 1
    assert await redis.hget("counts", "accepted") == b"%d" % (AT_MOST + 1)
    assert await redis.llen("mail") == 2


async def test_a_crowd_needs_few_calls(store: Store, redis: Client) -> None:
    await at_once(store, *map(enquiry, range(500)))
    assert await calls(redis) <= 500 / AT_MOST + BATCHES


async def test_two_with_one_key_are_one_enquiry_and_another_body_is_a_conflict(store: Store, redis: Client) -> None:
    first, again = enquiry(1, key=b"k"), enquiry(2, key=b"k")
    other = enquiry(3, key=b"k")._replace(body_digest=b"another" + b" " * 9)
    answers = await at_once(store, first, again, other)
    assert answers == [stored(1), Stored("CFGH0001", MORNING, repeated=True), "conflict"]
    assert await redis.exists("enquiry:CFGH0002", "enquiry:CFGH0003", "deliveries:CFGH0002") == 0


async def test_each_has_its_own_answer_whatever_becomes_of_the_others(store: Store) -> None:
    lost = enquiry(2, plan=replace(PLAN, facts="lost"))
    limited = enquiry(4, sides=(side(0, b"n" * 16, b"0 60000"),))
    assert await at_once(store, enquiry(1), lost, enquiry(1), limited, enquiry(5)) == [
        *(stored(1), "facts", "taken", Exceeded(0), stored(5)),
    ]


async def test_a_limit_is_exact_among_those_that_come_at_once(store: Store, redis: Client) -> None:
    one = (side(0, b"a" * 16, TWO_A_MINUTE),)
    answers = await at_once(store, *(enquiry(number, sides=one) for number in range(5)))
    assert answers == [stored(0), stored(1), Exceeded(0), Exceeded(0), Exceeded(0)]
    assert await redis.llen(b"limit:" + b"a" * 16) == 2
    assert 59_000 < await redis.pttl(b"limit:" + b"a" * 16) <= 60_000
    assert await store.accept(enquiry(6, sides=one)) == Exceeded(0)
    assert len(await redis.keys("enquiry:*")) == 3


async def test_a_stage_is_counted_whole_and_those_after_one_that_is_exceeded_not_at_all(
    store: Store, redis: Client
) -> None:
    sides = (side(1, b"a" * 16, ONE_A_DAY), side(1, b"b" * 16, TWO_A_MINUTE), side(2, b"c" * 16, TWO_A_MINUTE))
    assert await at_once(store, enquiry(1, sides=sides), enquiry(2, sides=sides)) == [stored(1), Exceeded(0)]
    assert [await redis.llen(b"limit:" + name * 16) for name in (b"a", b"b", b"c")] == [1, 2, 1]


async def test_what_was_counted_already_is_stored_though_a_limit_is_exceeded(store: Store, redis: Client) -> None:
    sides = (side(0, b"a" * 16, ONE_A_DAY),)
    assert await store.accept(enquiry(1, sides=sides)) == stored(1)
    assert await store.accept(enquiry(2, sides=sides)) == Exceeded(0)
    assert await store.accept(enquiry(2)) == stored(2)
    assert await redis.llen(b"limit:" + b"a" * 16) == 1


async def test_a_repeated_enquiry_is_not_counted(store: Store, redis: Client) -> None:
    sides = (side(0, b"a" * 16, TWO_A_MINUTE),)
    for number in range(9):
        found = await store.accept(enquiry(number, key=b"k", sides=sides))
        assert isinstance(found, Stored)
    assert await redis.llen(b"limit:" + b"a" * 16) == 1


async def test_a_limit_of_two_windows_is_one_key_and_moves_with_the_time(redis: Client) -> None:
    clock = SetClock()
    store, sides = Store(redis, clock), (side(0, b"a" * 16, ONE_A_DAY),)
    await store.keep_facts("facts1", b"{}")
    answers = []
    for number in range(6):
        answers.append(isinstance(await store.accept(enquiry(number, sides=sides)), Stored))
        clock.forward(24 * 3600)
    # One a day, three in thirty days.
    assert answers == [True] * 3 + [False] * 3
    assert len(await redis.keys("limit:*")) == 1
    clock.forward(25 * 24 * 3600)
    assert await store.accept(enquiry(7, sides=sides)) == stored(7)


async def test_a_flood_that_comes_at_once_is_counted_one_by_one(store: Store, redis: Client) -> None:
    flooding = replace(PLAN, flood=Flood(3, (LIST,)))
    await at_once(store, *(enquiry(number, plan=flooding) for number in range(5)))
    entries = [await redis.hget(f"deliveries:CFGH{number:04}", "alert-0") for number in range(5)]
    assert entries == [b"due 0 0 0 0 -"] * 3 + [b"suppressed 0 0 0 0 flooded"] * 2
    [digest] = await redis.keys("digest:*")
    assert await redis.lrange(digest, 0, -1) == [b"CFGH0003", b"CFGH0004"]
    assert [m for m in await redis.zrange("diary", 0, -1) if m.endswith(b"/flood-0")] != []
    assert await redis.hget("counts", "flooded") == b"2"


async def test_what_was_announced_before_a_flood_s_window_is_forgotten(redis: Client) -> None:
    clock = SetClock()
    store = Store(redis, clock)
    await store.keep_facts("facts1", b"{}")
    plan = replace(PLAN, flood=Flood(2, [LIST]))
    await at_once(store, enquiry(0, plan=plan), enquiry(1, plan=plan))
    clock.forward(milliseconds=FLOOD_WINDOW // timedelta(milliseconds=1))
    await store.accept(enquiry(2, plan=plan))
    assert await redis.zrange("announced", 0, -1) == [b"CFGH0002"]


async def test_a_full_server_takes_none_of_them_and_counts_nothing(valkey: Valkey) -> None:
    client = connect(valkey.url)
    store, sides = Store(client), (side(0, b"a" * 16, ONE_A_DAY),)
    await store.keep_facts("facts1", b"{}")
    await store.accept(enquiry(9999))
    await client.config_set("maxmemory", "1mb")
    answers = await at_once(store, *(enquiry(number, sides=sides) for number in range(4)))
    assert all(isinstance(one, StoreUnavailable) and "OOM" in str(one) for one in answers)
    assert await client.keys("enquiry:*") == [b"enquiry:CFGH9999"]
    assert await client.keys("limit:*") == []
    await client.aclose()


@pytest.mark.parametrize(("way", "step", "last"), [("up", 300, 2400), ("down", 40, 200)])
async def test_a_connection_that_is_cut_leaves_each_enquiry_whole_or_not_there_at_all(
    valkey: Valkey, way: Direction, step: int, last: int
) -> None:
    redis: Client = connect(valkey.url)
    await Store(redis).keep_facts("facts1", b"{}")
    await Store(redis).accept(enquiry(9999))
    async with Proxy(valkey.socket, there := valkey.socket.with_name("p")) as proxy:
        for byte in range(step, last, step):
            far = connect(f"unix://{there}")
            store, numbers = Store(far), range(byte, byte + 8)
            proxy.arm((way, byte))
            answers = await at_once(store, *(enquiry(number, key=b"%d" % number) for number in numbers))
            assert proxy.hurt
            # They travel together, so nobody has an answer.
            assert {type(answer) for answer in answers} == {StoreUnavailable}
            proxy.arm()
            again = await at_once(store, *(enquiry(number, key=b"%d" % number) for number in numbers))
            assert all(isinstance(one, Stored) for one in again), again
            await far.aclose()
    records = {key.decode().partition(":")[2] for key in await redis.keys("enquiry:*")}
    members = [member.decode().partition("/")[0] for member in await redis.zrange("diary", 0, -1)]
    assert {key.decode().partition(":")[2] for key in await redis.keys("deliveries:*")} == records
    assert sorted(members) == sorted([*records, *records])
    await redis.aclose()

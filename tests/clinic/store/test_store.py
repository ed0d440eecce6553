"""The store against a real server: by whose clock it goes, and what a server that fails costs."""

import asyncio

import pytest

from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.errors import StoreUnavailable
from clinic.store import Staff, Store, connect
from clinic.store.words import NewDigest, Settlement, side
from tests.clinic.store.enquiries import claimed, enquiry
from tests.support.clock import SetClock
from tests.support.valkey import Client, Valkey


async def test_without_a_clock_of_ours_the_server_s_own_decides(redis: Client) -> None:
    store = Store(redis)
    await store.keep_facts("facts1", b"{}")
    await store.accept(enquiry("CFGH3467"))
    assert len(await store.claim(Lane.RECEPTION, 9)) == 1
    assert await store.claim(Lane.RECEPTION, 9) == []


async def test_server_that_is_gone_is_named_in_our_words(valkey: Valkey) -> None:
    store = Store(connect(valkey.url))
    valkey.kill()
    with pytest.raises(StoreUnavailable):
        await store.accept(enquiry("CFGH3467"))
    await store.close()


async def test_a_count_that_is_not_answered_in_time_says_that_the_store_is_unavailable(valkey: Valkey) -> None:
    store, sides = Store(connect(valkey.url)), [side(0, b"a" * 16, b"5 60000")]
    assert await store.count(sides, 5)
    valkey.freeze()
    async with asyncio.timeout(2):
        with pytest.raises(StoreUnavailable):
            await store.count(sides, 0.05)
    valkey.thaw()
    assert await store.count(sides, 5)
    await store.close()


async def test_each_window_of_a_limit_holds_and_no_more_is_kept_than_the_longest_asks_for(redis: Client) -> None:
    clock = SetClock()
    store, sides = Store(redis, clock), [side(0, b"a" * 16, b"3 86400000 1 60000")]
    assert await store.count(sides, 5)
    assert not await store.count(sides, 5), "one a minute"
    for _ in range(2):
        clock.forward(seconds=61)
        assert await store.count(sides, 5)
    clock.forward(seconds=61)
    assert not await store.count(sides, 5), "three a day"
    clock.forward(hours=24)
    assert await store.count(sides, 5)
    [name] = await redis.keys("limit:*")
    assert await redis.llen(name) == 3
    assert await redis.pttl(name) > 86_000_000


async def test_a_digest_that_is_made_again_is_as_it_is(store: Store, redis: Client) -> None:
    new = NewDigest("D20261123T080000Z", 1, [DeliveryName(Kind.DIGEST)])
    assert await store.make_digest(new)
    [claim] = await store.claim(Lane.RECEPTION, 1)
    await store.settle([Settlement(claim, State.SENT, "dot-250")])
    assert not await store.make_digest(new)
    assert (await redis.hget(f"deliveries:{new.reference}", "digest-0")).startswith(b"sent ")
    assert await redis.zcard("diary") == 0


async def test_full_server_takes_no_enquiry_and_still_stores_how_deliveries_ended(valkey: Valkey) -> None:
    client = connect(valkey.url)
    store = Store(client)
    await store.keep_facts("facts1", b"{}")
    await store.accept(enquiry("CFGH3467"))
    await client.config_set("maxmemory", "1mb")
    with pytest.raises(StoreUnavailable, match="OOM"):
        await store.accept(enquiry("MNPR3467"))
    assert await client.exists("enquiry:MNPR3467", "deliveries:MNPR3467") == 0
    claim = await claimed(store, Lane.RECEPTION)
    assert await store.settle([Settlement(claim, State.SENT, "dot-250")]) == [True]
    await store.close()


async def test_who_was_erased_is_on_no_list_and_who_is_lost_is_named(store: Store, redis: Client) -> None:
    references = ["CFGH3467", "CFGH3468", "CFGH3469"]
    for reference in references:
        await store.accept(enquiry(reference))
        await redis.rpush("digest:D1", reference)
    await Staff(redis).note(references[2], b"who")
    await redis.delete(f"enquiry:{references[1]}", f"enquiry:{references[2]}")
    await Staff(redis).erase(references[0], b"who")
    assert await store.members("D1") == [(references[1], b""), (references[2], b"")]
    assert await store.members("D2") == []

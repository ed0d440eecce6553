"""What staff change, against a real server: a note that is sealed anew."""

import asyncio

from clinic.store import Staff
from tests.support.valkey import Client

REFERENCE = "CFGH3467"


async def test_a_note_that_is_sealed_anew_never_comes_back_over_an_erasure(redis: Client) -> None:
    staff = Staff(redis)
    for _ in range(50):
        await redis.set(f"enquiry:{REFERENCE}", b"sealed")
        await redis.delete(f"acts:{REFERENCE}")
        await redis.rpush(f"acts:{REFERENCE}", b"1 contacted old")
        await asyncio.gather(
            staff.act_anew(REFERENCE, 0, b"1 contacted old", b"1 contacted new"), staff.erase(REFERENCE, b"who")
        )
        [left] = await redis.lrange(f"acts:{REFERENCE}", 0, -1)
        assert left.split(b" ")[1:] == [b"erased", b"who"]


async def test_a_note_that_is_another_by_now_is_left_alone(redis: Client) -> None:
    await redis.rpush(f"acts:{REFERENCE}", b"1 contacted other")
    assert not await Staff(redis).act_anew(REFERENCE, 0, b"1 contacted old", b"1 contacted new")
    assert await redis.lrange(f"acts:{REFERENCE}", 0, -1) == [b"1 contacted other"]

"""What staff change, against a real server: a note that is sealed anew, and a file that is written anew."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from clinic.store import Staff, connect
from clinic.store.staff import BEGUN
from tests.support.valkey import Client, Valkey

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


async def test_a_rewrite_that_fails_is_begun_again_until_the_file_is_clean(valkey: Valkey, tmp_path: Path) -> None:
    redis: Client = connect(valkey.url)
    staff = Staff(redis)
    assert not await staff.rewrite()
    await redis.mset({f"filler:{number}": b"x" for number in range(2000)})
    await redis.set(f"enquiry:{REFERENCE}", b"sealed-words")
    assert await staff.erase(REFERENCE, b"who")
    await redis.config_set("rdb-key-save-delay", 5000)
    assert await staff.rewrite()
    await killed_rewrite(redis, valkey)
    assert await staff.rewritten() is False
    assert await redis.get("rewrite") == BEGUN
    await redis.config_set("rdb-key-save-delay", 0)
    assert on_disk(tmp_path)
    assert await staff.rewrite()
    while await staff.rewritten() is None:
        await asyncio.sleep(0.05)
    assert not on_disk(tmp_path)
    assert not await staff.rewrite()
    assert await redis.exists("rewrite") == 0
    await redis.aclose()


async def killed_rewrite(redis: Client, valkey: Valkey) -> None:
    """Kill the process that writes the file anew, as a machine without memory would."""
    children = Path(f"/proc/{valkey.pid}/task/{valkey.pid}/children")
    for _ in range(500):
        if (await redis.info("persistence"))["aof_rewrite_in_progress"] and (found := children.read_text().split()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(found[0]), signal.SIGKILL)
        elif (await redis.info("persistence"))["aof_last_bgrewrite_status"] != "ok":
            return
        await asyncio.sleep(0.02)
    raise AssertionError("no rewrite was there to be killed")


def on_disk(folder: Path) -> bool:
    return any(b"sealed-words" in file.read_bytes() for file in (folder / "appendonlydir").iterdir())

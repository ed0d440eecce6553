"""What was erased leaves the disk too: the file is written anew until that has ended well, whatever dies meanwhile."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from clinic.store import Rewriting, Staff, connect
from tests.support.valkey import Client, Valkey

REFERENCE = "CFGH3467"


async def test_a_rewrite_that_fails_is_begun_again_until_the_file_is_clean(valkey: Valkey, tmp_path: Path) -> None:
    redis: Client = connect(valkey.url)
    staff, rewriting = Staff(redis), Rewriting(redis)
    assert not await rewriting.rewrite()
    await redis.mset({f"filler:{number}": b"x" for number in range(2000)})
    await redis.set(f"enquiry:{REFERENCE}", b"sealed-words")
    assert await staff.erase(REFERENCE, b"who")
    await redis.config_set("rdb-key-save-delay", 5000)
    assert await rewriting.rewrite()
    await killed_rewrite(redis, valkey)
    assert await rewriting.rewritten() is False
    assert (await redis.get("rewrite")).startswith(b"begun")
    await redis.config_set("rdb-key-save-delay", 0)
    assert on_disk(tmp_path)
    assert await rewriting.rewrite()
    await is_clean(redis, tmp_path)
    await redis.aclose()


async def test_a_rewrite_that_dies_with_the_server_is_begun_again(valkey: Valkey, tmp_path: Path) -> None:
    redis: Client = connect(valkey.url)
    await redis.mset({f"filler:{number}": b"x" for number in range(20)})
    await redis.set(f"enquiry:{REFERENCE}", b"sealed-words")
    assert await Staff(redis).erase(REFERENCE, b"who")
    await redis.config_set("rdb-key-save-delay", 1_000_000)
    assert await Rewriting(redis).rewrite()
    valkey.kill()
    await redis.aclose()
    valkey.start()
    redis = connect(valkey.url)
    assert on_disk(tmp_path)
    assert await Rewriting(redis).rewrite()
    await is_clean(redis, tmp_path)
    await redis.aclose()


async def test_what_a_secret_sealed_leaves_the_disk_when_a_newer_one_has_sealed_it_anew(
    valkey: Valkey, tmp_path: Path
) -> None:
    redis: Client = connect(valkey.url)
    staff, rewriting = Staff(redis), Rewriting(redis)
    await redis.set(f"enquiry:{REFERENCE}", b"sealed-words")
    assert not await staff.seal_anew(REFERENCE, b"others", b"newer")
    assert not await rewriting.wished()
    assert await staff.seal_anew(REFERENCE, b"sealed-words", b"newer")
    assert await rewriting.rewrite()
    await is_clean(redis, tmp_path)
    await redis.rpush(f"acts:{REFERENCE}", b"sealed-words")
    assert await staff.act_anew(REFERENCE, 0, b"sealed-words", b"newer")
    assert on_disk(tmp_path)
    assert await rewriting.rewrite()
    await is_clean(redis, tmp_path)
    await redis.aclose()


async def test_one_that_the_version_before_began_is_begun_again(redis: Client) -> None:
    # It did not write down on which server.
    await redis.set("rewrite", b"begun")
    assert await Rewriting(redis).rewrite()


async def is_clean(redis: Client, folder: Path) -> None:
    """Wait for a rewrite, and see that nothing is left of the words, nor the wish to have them gone."""
    rewriting = Rewriting(redis)
    while await rewriting.rewritten() is None:
        await asyncio.sleep(0.05)
    assert not on_disk(folder)
    assert not await rewriting.rewrite()
    assert await redis.exists("rewrite") == 0


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

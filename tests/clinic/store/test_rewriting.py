"""What was erased leaves the disk too: the file is written anew until that has ended well, whatever dies meanwhile."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from clinic.errors import StoreUnavailable
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


async def test_a_server_that_is_full_writes_its_file_anew_once(valkey: Valkey, tmp_path: Path) -> None:
    redis: Client = connect(valkey.url)
    await redis.set(f"enquiry:{REFERENCE}", b"sealed-words")
    assert await Staff(redis).erase(REFERENCE, b"who")
    await redis.config_set("maxmemory", "1mb")
    assert await Rewriting(redis).rewrite()
    await is_clean(redis, tmp_path)
    assert (await redis.info("commandstats"))["cmdstat_bgrewriteaof"]["calls"] == 1
    await redis.aclose()


async def test_what_is_erased_as_a_rewrite_begins_has_one_of_its_own(
    valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis: Client = connect(valkey.url)
    await redis.mset({"enquiry:CFGH3464": b"others", f"enquiry:{REFERENCE}": b"sealed-words"})
    assert await Staff(redis).erase("CFGH3464", b"who")
    await redis.config_set("rdb-key-save-delay", 100_000)

    async def asked(one: Client) -> None:
        await one.execute_command("BGREWRITEAOF")
        assert await Staff(redis).erase(REFERENCE, b"who")

    with monkeypatch.context() as patch:
        patch.setattr(Redis, "bgrewriteaof", asked)
        assert await Rewriting(redis).rewrite()
    await redis.config_set("rdb-key-save-delay", 0)
    while await Rewriting(redis).rewritten() is None:
        await asyncio.sleep(0.05)
    assert on_disk(tmp_path)
    assert await Rewriting(redis).rewrite()
    await is_clean(redis, tmp_path)
    await redis.aclose()


async def test_one_that_the_server_refuses_is_begun_again(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    redis: Client = connect(valkey.url)
    await redis.set("rewrite", b"1")

    async def refused(_one: Client) -> None:
        raise ResponseError("Can't fork")

    with monkeypatch.context() as patch:
        patch.setattr(Redis, "bgrewriteaof", refused)
        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                await Rewriting(redis).rewrite()
    assert await Rewriting(redis).rewrite()
    assert (await redis.get("rewrite")).startswith(b"begun ")
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

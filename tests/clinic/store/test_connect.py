"""We do not start on a server that would lose what it acknowledged, and say what to change."""

import socket
from pathlib import Path

import pytest

from clinic.errors import StoreUnavailable, UnsafeForNow
from clinic.store import check_durability, connect
from clinic.store.connect import in_our_words
from tests.support.fleet import free_port
from tests.support.valkey import DURABLE, Valkey


async def faults(folder: Path, options: list[str], port: int = 0) -> list[str]:
    server = Valkey(folder, options, port)
    server.start()
    client = connect(server.url)
    try:
        await check_durability(client)
    except UnsafeForNow as error:
        return list(error.faults)
    finally:
        await client.aclose()
        server.remove()
    return []


async def test_durable_server_is_accepted(tmp_path: Path) -> None:
    assert await faults(tmp_path, DURABLE) == []


@pytest.mark.parametrize(
    ("options", "setting", "cure"),
    [
        (["--appendonly", "no", "--appendfsync", "always"], "appendonly no", "if it came up empty, start it again"),
        (["--appendonly", "yes", "--appendfsync", "everysec"], "appendfsync everysec", "set appendfsync always"),
        ([*DURABLE, "--maxmemory-policy", "allkeys-lru"], "maxmemory-policy allkeys-lru", "set maxmemory-policy noev"),
        (
            [*DURABLE, "--no-appendfsync-on-rewrite", "yes"],
            "no-appendfsync-on-rewrite yes",
            "set no-appendfsync-on-rewrite no",
        ),
    ],
)
async def test_unsafe_server_is_refused_with_the_setting_to_change(
    tmp_path: Path, options: list[str], setting: str, cure: str
) -> None:
    (fault,) = await faults(tmp_path, options)
    assert fault.startswith("REDIS_URL: ")
    assert setting in fault
    assert cure in fault


async def test_cluster_is_refused_in_one_line_that_says_what_to_do(tmp_path: Path) -> None:
    (fault,) = await faults(
        tmp_path, [*DURABLE, "--cluster-enabled", "yes", "--cluster-port", str(free_port())], port=free_port()
    )
    assert fault.startswith("REDIS_URL: ")
    assert "Redis Cluster" in fault
    assert "set cluster-enabled no" in fault


async def test_server_that_is_not_there_is_no_fault_of_the_configuration(tmp_path: Path) -> None:
    client = connect(f"unix://{tmp_path}/nothing")
    with pytest.raises(StoreUnavailable):
        await check_durability(client)
    await client.aclose()


@pytest.mark.parametrize("stale", ["yes", "no"])
async def test_a_server_that_is_another_s_replica_by_now_is_asked_once_more_and_then_left(
    valkey: Valkey, tmp_path: Path, stale: str
) -> None:
    (tmp_path / "other").mkdir()
    other = Valkey(tmp_path / "other")
    other.start()
    (name := tmp_path / "name").symlink_to(valkey.socket)
    redis, old = connect(f"unix://{name}"), connect(valkey.url)
    await redis.set("n", 1)
    await old.config_set("replica-serve-stale-data", stale)
    await old.replicaof("127.0.0.1", 1)
    name.unlink()
    name.symlink_to(other.socket)
    with pytest.raises(StoreUnavailable), in_our_words():
        await redis.set("n", 2)
    await redis.set("n", 3)
    async with redis.pipeline(transaction=True) as pipe:
        pipe.get("n")
        assert await pipe.execute() == [b"3"]
    await redis.aclose()
    await old.aclose()
    other.remove()


@pytest.mark.parametrize("tcp", [True, False])
async def test_what_is_between_hears_of_a_connection_on_which_nothing_is_said(tmp_path: Path, *, tcp: bool) -> None:
    server = Valkey(tmp_path, port=free_port() if tcp else 0)
    server.start()
    redis = connect(server.url)
    connection = await redis.connection_pool.get_connection()  # type: ignore[no-untyped-call]  # it has no annotations
    line: socket.socket = connection._writer.get_extra_info("socket")
    if tcp:
        assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        # AWS forgets a connection after 350 s, Azure after 240 s, others later.
        assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) < 60
    await redis.connection_pool.release(connection)
    assert await redis.ping()
    await redis.aclose()
    server.remove()

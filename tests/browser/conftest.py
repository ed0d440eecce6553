"""A browser and an intake for it; who has no browser is told so once, loudly, and continuous integration fails."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import NoBrowser, chromium
from tests.support.processes import NO_LIMITS, SECRET, intake
from tests.support.valkey import Valkey


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the browser, for no longer than a module: Playwright's event loop is in the way of asyncio's tests."""
    try:
        program = chromium()
    except NoBrowser as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO BROWSER, so no page was looked at: {missing}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Valkey]]:
    """Run an intake; return its address and the server behind it."""
    folder: Path = tmp_path_factory.mktemp("served")
    valkey = Valkey(folder)
    valkey.start()
    process, url = intake(folder, {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, **NO_LIMITS})
    yield url, valkey
    process.stop()
    valkey.remove()

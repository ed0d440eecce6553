"""What every test may ask for: the clinic of the brief, a real server that is empty, and a relay that is scripted."""

import os
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from clinic.facts import ClinicFacts, read_facts
from clinic.settings import ROOT
from clinic.store import connect
from tests.support.relay import ScriptedRelay
from tests.support.together import Together
from tests.support.valkey import Client, Valkey


def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores: at any time one of them waits for other processes."""
    return (os.cpu_count() or 1) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Together:
    """Return who gives the tests to processes."""
    return Together(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once and loudly what could not be tried at all: reasons that begin with NO and what is missing."""
    missing = {
        str(report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr)
        for report in terminalreporter.stats.get("skipped", [])
    }
    for reason in sorted(reason for reason in missing if re.search(r"\bNO [A-Z]{4,}", reason)):
        terminalreporter.write_line(reason, red=True, bold=True)


@pytest.fixture(scope="session")
def facts() -> ClinicFacts:
    """Return the clinic of the brief."""
    return read_facts(ROOT / "clinic.toml")


@pytest.fixture(scope="session")
def shared_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """Run one server for all tests of this process that only need an empty one."""
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.remove()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Run a server for one test, to be stopped, frozen and killed by it."""
    server = Valkey(tmp_path)
    server.start()
    yield server
    server.remove()


@pytest.fixture
async def redis(shared_valkey: Valkey) -> AsyncIterator[Client]:
    """Connect to an empty server."""
    client = connect(shared_valkey.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def relay() -> AsyncIterator[ScriptedRelay]:
    """Run a relay that takes every mail, until its script says otherwise."""
    async with ScriptedRelay() as made:
        yield made

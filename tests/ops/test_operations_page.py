"""The page for operators is executed: every command that stands in it is run, with the rights of staff and no others.

It runs over a service that has what it names.
"""

import asyncio
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from clinic.facts import ClinicFacts
from clinic.settings import ROOT, environment
from clinic.store import connect
from ops.cli import app
from ops.environment import for_python
from ops.roles import ROLES
from tests.support.clock import SetClock
from tests.support.fleet import free_port
from tests.support.processes import SECRET
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import WHEEL, Client, Valkey

PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
# One block is a story, and run as a whole.
[PRACTICE] = [block for block in BLOCKS if block.startswith("valkey-server")]
COMMANDS = [
    line.removeprefix("frontdesk ").split()
    for block in BLOCKS
    if block != PRACTICE
    for line in block.strip().splitlines()
]
# They say by their exit code that an alarm holds or that something is not well, as here.
TELLING = ("status", "check")


def failed(valkey: Valkey, facts: ClinicFacts) -> str:
    """Accept an enquiry of which every mail fails, on an empty server, and return its reference."""

    async def accept() -> str:
        redis: Client = connect(valkey.url)
        await redis.flushall()
        async with ScriptedRelay() as relay:
            relay.first("RCPT", 100, b"550 5.1.1 nobody\r\n")
            service = Service(redis, facts, relay.url, SetClock(datetime.now(UTC)))
            reference = (await service.accept()).reference
            await service.work()
            await service.close()
        await redis.aclose()
        return reference

    return asyncio.run(accept())


def as_staff(valkey: Valkey) -> str:
    """Have the server know staff, and return its address for them."""
    [rules] = [role.rules for role in ROLES if role.name == "staff"]

    async def know() -> None:
        redis: Client = connect(valkey.url)
        await redis.execute_command("ACL", "SETUSER", "staff", "reset", "on", ">word", *rules.split())
        await redis.aclose()

    asyncio.run(know())
    return valkey.url.replace("unix://", "unix://staff:word@", 1)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_of_the_page_does_what_it_says(
    words: list[str],
    shared_valkey: Valkey,
    facts: ClinicFacts,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reference = failed(shared_valkey, facts)
    monkeypatch.setenv("REDIS_URL", as_staff(shared_valkey))
    monkeypatch.setenv("FRONTDESK_SECRET", SECRET)
    monkeypatch.setenv("CLINIC_FILE", str(ROOT / "clinic.toml"))
    monkeypatch.chdir(tmp_path)
    if words[0] == "restore":
        assert CliRunner().invoke(app, ["backup", words[1]]).exit_code == 0

        async def empty() -> None:
            redis: Client = connect(shared_valkey.url)
            await redis.flushall()
            await redis.aclose()

        asyncio.run(empty())
    done = CliRunner().invoke(app, [word.replace("CFGH3467", reference) for word in words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == (1 if words[0] in TELLING else 0), done.output
    assert done.output


def test_a_restore_is_practised_as_the_page_says(shared_valkey: Valkey, facts: ClinicFacts, tmp_path: Path) -> None:
    failed(shared_valkey, facts)
    settings = {"REDIS_URL": shared_valkey.url, "FRONTDESK_SECRET": SECRET, "CLINIC_FILE": str(ROOT / "clinic.toml")}
    variables = for_python(environment() | settings | {"TMPDIR": str(tmp_path)})
    variables["PATH"] = f"{next(WHEEL.rglob('valkey-server')).parent}:{variables['PATH']}"

    def run(script: str) -> str:
        ours = f'frontdesk() {{ "{sys.executable}" -P -m ops "$@"; }}\n'
        done = subprocess.run(  # noqa: PLW1510 - what it says decides; `status` ends with 1 where nobody works
            ["/bin/bash", "-c", ours + script], cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=60
        )
        return done.stdout + done.stderr

    run("frontdesk backup frontdesk.backup")
    told = run(PRACTICE.replace("6390", str(free_port())))
    assert re.search(r"^[1-9][0-9]* keys restored", told, re.MULTILINE), told
    assert re.search(r"^ confirmation +0 +0 +0 +0 +1 +0", told, re.MULTILINE), told


def test_every_command_for_operators_is_on_the_page() -> None:
    shown = {words[0] for words in COMMANDS} | set(re.findall(r"frontdesk ([a-z-]+)", PAGE))
    wanted = {"status", "check", "deliveries", "replay", "resolve", "export", "erase", "purge", "backup", "restore"}
    assert wanted | {"rotate-secret", "make-secrets", "monitor", "flower"} <= shown


def test_the_web_server_in_front_is_told_to_write_nothing_of_a_visitor_to_its_disk() -> None:
    [nginx] = re.findall(r"```\nserver \{\n(.*?)```", PAGE, re.DOTALL)
    told = {line.strip() for line in nginx.splitlines()}
    assert {"access_log off;", "client_body_buffer_size 1m;", "proxy_max_temp_file_size 0;"} <= told


def test_a_browser_that_was_once_here_by_https_does_not_come_by_http_again() -> None:
    blocks = re.findall(r"```\n((?:server|enquiries\.example\.com) \{\n.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        assert re.search(r"header Strict-Transport-Security \"?max-age=31536000\b", block)

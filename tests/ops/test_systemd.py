"""The units start what there is, with settings that there are, and systemd finds them safe."""

import asyncio
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from clinic.store import Gauges, connect
from ops.cli import app
from ops.roles import write_secrets
from tests.support.fleet import free_port
from tests.support.settings import is_a_setting
from tests.support.valkey import Valkey
from tests.support.without import without

ROOT = Path(__file__).resolve().parent.parent.parent
UNITS = sorted((ROOT / "ops" / "systemd").glob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_units_run_commands_that_there_are_with_settings_that_there_are(unit: Path) -> None:
    text = unit.read_text()
    command = re.search(r"^ExecStart=/opt/frontdesk/bin/frontdesk (\S+)$", text, re.MULTILINE)
    assert command
    assert command[1] in {info.name or getattr(info.callback, "__name__", "") for info in app.registered_commands}
    assert all(is_a_setting(name) for name in re.findall(r"^Environment=([A-Z_]+)=", text, re.MULTILINE))
    for guard in ("DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "LimitCORE=0", "MemoryMax="):
        assert guard in text
    timeout = re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert timeout
    assert int(timeout[1]) > (70 if command[1] == "worker" else 15)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_starts_a_part_again_however_long_redis_is_away(unit: Path) -> None:
    """A part that ends within a second would use up the five starts of 10 s, and stay down."""
    about, _, service = unit.read_text().partition("[Service]")
    assert "\nRestart=always\n" in service
    assert "\nStartLimitIntervalSec=0\n" in about


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_starts_a_part_when_the_clock_is_set_and_again_unless_a_person_has_to_edit_something(
    unit: Path,
) -> None:
    about, _, service = unit.read_text().partition("[Service]")
    after = re.search(r"^After=(.*)$", about, re.MULTILINE)
    assert after
    assert "time-sync.target" in after[1].split()
    # systemd.special(7): whoever sets the clock pulls it in, and nobody else.
    assert "Wants=network-online.target\n" in about
    assert re.findall(r"^RestartPreventExitStatus=(.*)$", service, re.MULTILINE) == [str(os.EX_CONFIG)]


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_in_a_unit_to_complain_of(unit: Path, tmp_path: Path) -> None:
    tool = shutil.which("systemd-analyze")
    if tool is None:
        without("NO SYSTEMD, so its units were not looked at: systemd-analyze is not on PATH")
    # What it starts and reads need not be there.
    text = (
        unit.read_text()
        .replace("/opt/frontdesk/bin/frontdesk", "/bin/true")
        .replace("EnvironmentFile=", "EnvironmentFile=-")
    )
    (tmp_path / unit.name).write_text(text)
    for command in (["verify", "--man=no"], ["security", "--offline=true", "--threshold=25", "--no-pager"]):
        done = subprocess.run(
            [tool, *command, str(tmp_path / unit.name)], capture_output=True, text=True, check=False, timeout=30
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def test_the_configuration_of_valkey_is_one_that_we_start_on(tmp_path: Path) -> None:
    write_secrets(tmp_path / "secrets", "127.0.0.1")
    text = (ROOT / "ops" / "systemd" / "valkey-frontdesk.conf").read_text()
    for place, here in (
        ("/var/lib/valkey", tmp_path),
        ("/etc/valkey/frontdesk.acl", tmp_path / "secrets" / "users.acl"),
    ):
        assert place in text
        text = text.replace(place, str(here))
    (tmp_path / "valkey.conf").write_text(text)
    server = Valkey(tmp_path, [], port=free_port(), configuration=tmp_path / "valkey.conf")
    server.start()
    url = (tmp_path / "secrets" / "redis_url_monitor").read_text().strip().replace(":6379", f":{server.port}")

    async def faults() -> tuple[str, ...]:
        redis = connect(url)
        try:
            return (await Gauges(redis).server()).faults
        finally:
            await redis.aclose()

    try:
        assert asyncio.run(faults()) == ()
    finally:
        server.remove()

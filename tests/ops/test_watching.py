"""What watches the service from outside: rules, dashboard, units and compose name what there is, and hold."""

import asyncio
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from clinic.settings import Settings
from clinic.store import Gauges, connect
from ops.cli import app
from ops.monitor.alarms import NAMES
from ops.roles import ROLES, write_secrets
from tests.ops.monitor.scraped import samples
from tests.ops.monitor.well import WELL
from tests.support.fleet import free_port
from tests.support.promtool import promtool
from tests.support.valkey import Valkey
from tests.support.without import without

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "ops" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "ops" / "grafana" / "frontdesk.json"
UNITS = sorted((ROOT / "ops" / "systemd").glob("*.service"))


def metrics() -> set[str]:
    """Return the names of all that a scraper is told."""
    return {name for name, _ in samples(WELL)}


def is_a_setting(name: str) -> bool:
    """Return whether a variable is a setting, directly or by its file."""
    return {name, name.removesuffix("_FILE")} & {known.upper() for known in Settings.model_fields} != set()


def named(text: str) -> set[str]:
    return set(re.findall(r"frontdesk_[a-z_]+", text))


def test_rules_and_dashboard_name_only_metrics_that_there_are() -> None:
    expressions = [rule["expr"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions += [target["expr"] for panel in panels for target in panel["targets"]]
    assert named(" ".join(expressions)) <= metrics()
    assert len(panels) == len({panel["id"] for panel in panels}) == 12


def test_every_metric_is_shown_on_the_dashboard_or_watched_by_a_rule() -> None:
    shown = named(DASHBOARD.read_text() + RULES.read_text())
    # What a name says beside its family: a histogram's parts, and what only says what runs.
    beside = ("_sum", "_count", "_info", "_created")
    assert {name for name in metrics() if not name.endswith(beside)} - shown == {
        "frontdesk_oldest_due_seconds",
        "frontdesk_dispatcher",
    }


def test_every_alarm_has_its_rule_its_test_and_its_page() -> None:
    rules = {rule["alert"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}
    assert rules == {*NAMES, "MonitorAway"}
    tested = RULES.with_name("alerts_test.yml").read_text()
    told = (ROOT / "docs" / "operations.md").read_text()
    for name in rules:
        assert f"alertname: {name}" in tested
        assert f"### {name}" in told


def test_promtool_finds_the_rules_good_and_they_fire_when_they_should() -> None:
    tool = promtool()
    if tool is None:
        without("NO PROMTOOL, so no alarm rule was tried: none is on PATH, and apt-get can't give one")
    for command in (["check", "rules", str(RULES)], ["test", "rules", str(RULES.with_name("alerts_test.yml"))]):
        done = subprocess.run([tool, *command], capture_output=True, text=True, check=False, cwd=RULES.parent)
        assert done.returncode == 0, done.stdout + done.stderr


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


def test_the_compose_file_uses_what_make_secrets_makes_and_settings_that_there_are(tmp_path: Path) -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    made = {file.name for file in write_secrets(tmp_path / "secrets", "valkey")}
    by_hand = {"smtp_url", "flower_login"}
    assert set(compose["secrets"]) == made | by_hand
    assert {name for name in made if name.startswith("redis_url_")} == {f"redis_url_{role.name}" for role in ROLES}
    for called, service in compose["services"].items():
        # Those that end by themselves have no health to be asked for.
        assert ("healthcheck" in service) == (called not in ("staff", "demo")), called
        for name in service.get("environment", {}):
            assert is_a_setting(name)
        for port in service.get("ports", []):
            assert str(port).startswith("127.0.0.1:")
        if service.get("image") == "frontdesk":
            assert service["read_only"]
            assert service["cap_drop"] == ["ALL"]


# What the file for Compose sets itself, and why nobody else may.
FIXED = {
    "CLINIC_FILE": "is mounted there",
    "FRONTDESK_SECRET": "is a secret of Compose",
    "REDIS_URL": "is a secret of Compose, of each role its own",
    "SMTP_URL": "is a secret of Compose",
    "FLOWER_LOGIN": "is a secret of Compose",
    "INTAKE_HOST": "a container is reached from outside of it",
    "INTAKE_PORT": "is published",
    "MONITOR_HOST": "a container is reached from outside of it",
    "MONITOR_PORT": "is published",
    "FLOWER_HOST": "a container is reached from outside of it",
    "FLOWER_PORT": "is published",
    "ALIVE_FILE": "is what the worker's probe looks at",
}


def test_every_setting_reaches_the_parts_that_the_compose_file_starts() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    fixed = set()
    for called in ("intake", "worker", "monitor", "staff", "flower"):
        service = compose["services"][called]
        # All settings come by it, save those that the file has fixed: they would win.
        assert service["env_file"] == [{"path": "frontdesk.env", "required": False}], called
        assert "${" not in str(service["environment"]), called
        fixed |= {name if name in FIXED else name.removesuffix("_FILE") for name in service["environment"]}
    assert fixed == set(FIXED)
    assert any(mount.startswith("./desk:") for mount in compose["services"]["intake"]["volumes"])


def test_the_page_for_kubernetes_says_what_the_compose_file_says() -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text()
    made = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]
    valkey, worker, scaled = made
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    [server] = valkey["spec"]["template"]["spec"]["containers"]
    assert [part for part in server["args"] if part] == [
        part.replace("/run/secrets/", "/run/secrets/frontdesk/")
        for part in compose["valkey"]["command"].split()
        if part != '""'
    ]
    assert (server["image"], valkey["spec"]["replicas"]) == (compose["valkey"]["image"], 1)
    pod = worker["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert {one["name"] for one in container["env"]} <= {*compose["worker"]["environment"]}
    probe = container["livenessProbe"]["exec"]["command"][2]
    assert probe == compose["worker"]["healthcheck"]["test"][1].replace("$$", "$")
    assert f"{pod['terminationGracePeriodSeconds']}s" == compose["worker"]["stop_grace_period"]
    assert scaled["spec"]["scaleTargetRef"]["name"] == worker["metadata"]["name"]
    assert scaled["spec"]["triggers"][0]["metadata"]["query"] in metrics()
    mounted = {item["key"] for volume in pod["volumes"] for item in volume.get("secret", {}).get("items", [])}
    assert mounted == {*compose["worker"]["secrets"]}


def test_a_worker_s_probe_costs_no_python_and_tells_a_living_one_from_a_dead(tmp_path: Path) -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    worker = compose["services"]["worker"]
    shell = worker["healthcheck"]["test"][1].replace("$$", "$")
    shell = shell.replace(worker["environment"]["ALIVE_FILE"], str(tmp_path / "alive"))
    probe = ["sh", "-c", shell]
    assert subprocess.run(probe, capture_output=True, check=False).returncode != 0
    (tmp_path / "alive").touch()
    assert subprocess.run(probe, capture_output=True, check=False).returncode == 0
    old = (tmp_path / "alive").stat().st_mtime - 40
    os.utime(tmp_path / "alive", (old, old))
    assert subprocess.run(probe, capture_output=True, check=False).returncode != 0
    assert "python" not in shell

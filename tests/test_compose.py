"""The file for Compose is valid, hands on every setting and no secret, and the page for Kubernetes says the same."""

import os
import re
import subprocess
import sys
from pathlib import Path

import yaml

from ops.house import INTAKE_GRACE, WORKER_GRACE
from ops.roles import ROLES, write_secrets
from tests.ops.monitor.scraped import names
from tests.ops.monitor.well import WELL
from tests.support.settings import is_a_setting

ROOT = Path(__file__).resolve().parent.parent


def test_the_compose_file_is_valid() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run(
        [*command, str(ROOT / "docker-compose.yml")], capture_output=True, text=True, timeout=30, check=False
    )
    assert checked.returncode == 0, checked.stdout


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


def test_what_is_stopped_has_the_time_to_end_what_it_began() -> None:
    """Docker kills after 10 s where nothing else is said."""
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    for name, grace in (("intake", INTAKE_GRACE), ("worker", WORKER_GRACE)):
        assert int(services[name].get("stop_grace_period", "10s").removesuffix("s")) > grace, name


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
    valkey, service, worker, scaled = made
    # Its name is the host that `make-secrets` is told of on this page.
    [host] = re.findall(r"make-secrets secrets --host (\S+)", page)
    assert (service["kind"], service["metadata"]["name"]) == ("Service", host)
    assert valkey["spec"]["serviceName"] == host
    assert service["spec"]["selector"] == valkey["spec"]["template"]["metadata"]["labels"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    [server] = valkey["spec"]["template"]["spec"]["containers"]
    assert [part for part in server["args"] if part] == [
        part.replace("/run/secrets/", "/run/secrets/frontdesk/")
        for part in compose["valkey"]["command"].split()
        if part != '""'
    ]
    assert (server["image"], valkey["spec"]["replicas"]) == (compose["valkey"]["image"], 1)
    pod = worker["spec"]["template"]["spec"]
    assert pod["enableServiceLinks"] is False
    [container] = pod["containers"]
    assert {one["name"] for one in container["env"]} <= {*compose["worker"]["environment"]}
    probe = container["livenessProbe"]["exec"]["command"][2]
    assert probe == compose["worker"]["healthcheck"]["test"][1].replace("$$", "$")
    assert f"{pod['terminationGracePeriodSeconds']}s" == compose["worker"]["stop_grace_period"]
    assert scaled["spec"]["scaleTargetRef"]["name"] == worker["metadata"]["name"]
    assert scaled["spec"]["triggers"][0]["metadata"]["query"] in names(WELL)
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

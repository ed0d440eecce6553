"""The rules and the dashboard name what there is, and a rule fires when it should."""

import json
import re
import subprocess
from pathlib import Path

import yaml

from ops.monitor.alarms import NAMES
from tests.ops.monitor.scraped import names
from tests.ops.monitor.well import WELL
from tests.support.promtool import promtool
from tests.support.without import without

ROOT = Path(__file__).resolve().parent.parent.parent
RULES = ROOT / "ops" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "ops" / "grafana" / "frontdesk.json"


def named(text: str) -> set[str]:
    return set(re.findall(r"frontdesk_[a-z_]+", text))


def test_rules_and_dashboard_name_only_metrics_that_there_are() -> None:
    expressions = [rule["expr"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions += [target["expr"] for panel in panels for target in panel["targets"]]
    assert named(" ".join(expressions)) <= names(WELL)
    assert len(panels) == len({panel["id"] for panel in panels}) == 12


def test_every_metric_is_shown_on_the_dashboard_or_watched_by_a_rule() -> None:
    shown = named(DASHBOARD.read_text() + RULES.read_text())
    # What a name says beside its family: a histogram's parts, and what only says what runs.
    beside = ("_sum", "_count", "_info", "_created")
    assert {name for name in names(WELL) if not name.endswith(beside)} - shown == {
        "frontdesk_oldest_due_seconds",
        "frontdesk_dispatcher",
        # An alarm of the monitor's is about each of these.
        "frontdesk_redis_up",
        "frontdesk_redis_durable",
        "frontdesk_redis_rewrites",
        "frontdesk_redis_memory_limit_bytes",
        "frontdesk_login_paused",
    }


def test_every_alarm_has_its_rule_its_test_and_its_page() -> None:
    last, *by_the_monitor = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    [of_the_monitor] = yaml.safe_load(RULES.read_text())["groups"][1]["rules"]
    rules = {rule["alert"] for rule in (*by_the_monitor, of_the_monitor)}
    assert rules == {*NAMES, "MonitorAway"}
    assert all(rule["expr"] == f'{last["record"]}{{alarm="{rule["alert"]}"}} == 1' for rule in by_the_monitor)
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

"""The status: what holds, what to do about it, and the numbers; also when Redis is what is away."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from clinic.delivery import Kind
from ops.monitor.alarms import RULES, raised, unknown
from ops.monitor.page import page
from ops.status import status_json, status_tables
from tests.ops.monitor.well import WELL
from tests.support.processes import SECRET, Process
from tests.support.valkey import Valkey


def shown(*, width: int = 120) -> str:
    reading = replace(WELL, standing={(Kind.CONFIRMATION, "failed"): 1}, intakes_ms=(), canary_ms=None)
    console = Console(width=width, record=True, file=io.StringIO())
    console.print(status_tables(reading, raised(reading)))
    return console.export_text()


def test_each_alarm_says_what_is_wrong_and_what_to_do_first() -> None:
    text = shown()
    assert "MailFailed: 1 delivery failed\n" in text
    assert "NoIntakes: no intake was ever there\n  Start an intake" in text
    assert all(rule.cure.endswith(".") for rule in RULES)


@pytest.mark.parametrize(("width", "lines"), [(120, 24), (80, 36)])
def test_it_fits_a_window(width: int, lines: int) -> None:
    text = shown(width=width)
    assert len(text.splitlines()) <= lines
    assert max(map(len, text.splitlines())) <= width


def test_without_a_reading_there_is_one_alarm_and_no_numbers() -> None:
    assert list(json.loads(status_json(None, raised(None)))) == ["alarms", "unknown"]
    assert "StoreAway" in page(None, raised(None))


def test_what_nothing_is_known_of_is_named_and_is_not_well() -> None:
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(status_tables(WELL, [], ["NoWorkers", "NotConsuming"]))
    text = console.export_text()
    assert text.startswith("Nothing is known yet of NoWorkers, NotConsuming\n")
    assert "All is well" not in text
    assert json.loads(status_json(WELL, [], ["NoWorkers"]))["unknown"] == ["NoWorkers"]
    shown = page(WELL, [], ["NoWorkers", "NotConsuming"])
    assert "Nothing is known yet of NoWorkers, NotConsuming." in shown
    assert "All is well" not in shown


def status(valkey: Valkey, *options: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET}
    return subprocess.run(
        [sys.executable, "-P", "-m", "ops", "status", *options],
        env=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_store_that_is_away_is_an_alarm_too(valkey: Valkey) -> None:
    valkey.kill()
    told = status(valkey)
    assert told.returncode == os.EX_TEMPFAIL
    assert "StoreAway: the store can't be read" in told.stdout
    assert "REDIS_URL: the server does not answer" in told.stderr
    as_json = status(valkey, "--json")
    assert as_json.returncode == os.EX_TEMPFAIL
    assert list(json.loads(as_json.stdout)["alarms"]) == ["StoreAway"]
    assert json.loads(as_json.stdout)["unknown"] == unknown(None)
    assert "Nothing is known yet of StoreNotDurable, NoIntakes," in told.stdout


def test_whoever_watches_sees_the_store_go_and_come_back(valkey: Valkey, tmp_path: Path) -> None:
    given = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET}
    watching = Process(tmp_path, "status", "status", "--watch", "--json", environment=given)
    try:
        watching.ready('"hints"')
        valkey.kill()
        watching.ready("StoreAway")
        valkey.start()
        seen = watching.output.count('"hints"')
        deadline = time.monotonic() + 30
        while watching.output.count('"hints"') <= seen:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        assert watching.stop(signal.SIGINT) == 130
    assert "Traceback" not in watching.output

"""The supply chain in every run, without asking anybody: hashes, licences, a bill of materials, a clean Dockerfile."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.supply.__main__ import judged
from tests.supply.licences import ROOT, licences, unexpected, wanted


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-all.lock", "requirements-test.lock"])
def test_everything_is_pinned_to_its_hash_and_no_host_is_named(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    pins = re.findall(r"^[A-Za-z0-9._-]+==\S+", text, re.MULTILINE)
    blocks = re.split(r"^(?=[A-Za-z0-9._-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(pins) == len(blocks) > 40
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text


def test_the_locks_agree_on_what_they_share() -> None:
    pins = [
        dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in ("requirements.lock", "requirements-all.lock", "requirements-test.lock")
    ]
    runs, every, test = pins
    assert {name: every.get(name) for name in runs} == runs
    assert {name: test.get(name) for name in every} == every
    assert {"apprise", "opentelemetry-sdk"} <= set(every) - set(runs)


def test_nobody_s_licence_surprises_us() -> None:
    found = licences()
    assert len(found) > 0.8 * len(wanted())
    assert unexpected(found) == {}


def test_the_bill_of_materials_names_all_that_runs(tmp_path: Path) -> None:
    file = tmp_path / "sbom.json"
    subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", str(ROOT / "requirements.lock"), "-o", str(file)],
        check=True,
        capture_output=True,
    )
    bill = json.loads(file.read_text())
    assert bill["bomFormat"] == "CycloneDX"
    assert {part["name"].lower().replace("_", "-") for part in bill["components"]} == wanted()
    assert all(part.get("version") for part in bill["components"])


@pytest.mark.parametrize(
    ("told", "code", "possible", "expected"),
    [
        ("No known vulnerabilities found", 0, True, True),
        ("Found 2 known vulnerabilities in 1 package", 1, True, False),
        ("Dependency not found and could not be audited: celery", 0, True, True),
        ("Dependency not found and could not be audited: celery", 0, False, False),
        ("ERROR: could not connect", 1, True, True),
        ("ERROR: could not connect", 1, False, False),
        ("Found 1 known vulnerability; another could not be audited", 1, True, False),
    ],
)
def test_an_audit_that_could_not_ask_is_none_and_stops_a_release_only(
    told: str, code: int, possible: bool, expected: bool
) -> None:
    assert judged(told, code, where_possible=possible)[1] == expected


def test_the_image_is_built_as_it_should_be() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert hadolint
    checked = subprocess.run(
        [hadolint, "--failure-threshold", "style", str(ROOT / "Dockerfile")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout

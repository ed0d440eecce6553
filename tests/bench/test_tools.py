"""A benchmark that lacks a tool says which package brings it."""

import subprocess
import sys

import pytest

from bench.tools import Missing, tool
from clinic.settings import ROOT


def test_a_tool_that_is_missing_is_asked_for_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Missing, match="apt-get install --no-install-recommends wrk"):
        tool("wrk")


def test_the_benchmark_says_so_before_it_measures_anything() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bench"], cwd=ROOT, env={"PATH": "/nowhere"}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "is not installed: apt-get install" in run.stdout
    assert "Traceback" not in run.stderr

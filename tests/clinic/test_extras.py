"""Extras are installed where this code runs, and leave a checkout what it is."""

import sys
from pathlib import Path

import pytest

from clinic import extras


def test_a_checkout_stays_one_and_no_other_environment_is_touched() -> None:
    told = extras.to_install("alerts")
    assert told == f"run `python3 -m pip --python {sys.executable} install --editable '.[alerts]'` in the checkout"


def test_an_installed_copy_stays_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "ROOT", tmp_path)
    assert "install '.[alerts]'" in extras.to_install("alerts")

"""What our processes import before they are of use, and that what is left out can be had by who wants it."""

import subprocess
import sys

import pytest

from clinic.imports import unopened, without
from clinic.settings import ROOT

# Each was imported for nothing, or can wait until somebody asks for what it does.
LEFT_OUT = {
    "intake.serve": (
        "rich",
        "opentelemetry",
        "celery",
        "kombu",
        "jinja2",
        "babel",
        "argon2",
        "limits.storage",
        "holidays",
    ),
    "workers.main": ("rich", "opentelemetry", "celery", "kombu", "babel", "holidays", "starlette", "limits"),
}


def python(code: str) -> list[str]:
    """Return the words that a process of its own prints, where nothing was imported before."""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return run.stdout.split()


@pytest.mark.parametrize("module", LEFT_OUT)
def test_a_process_that_serves_imports_only_what_it_needs_to_begin(module: str) -> None:
    imported = python(f"import sys, clinic.settings, {module}; print(*sys.modules)")
    assert module in imported
    assert set(LEFT_OUT[module]) & set(imported) == set()


def test_pydantic_looks_for_no_plugins() -> None:
    code = "import clinic.settings, clinic.facts; from pydantic.plugin import _loader; print(_loader._plugins)"
    assert python(code) == ["None"]


def test_what_a_library_was_imported_without_can_be_imported_afterwards() -> None:
    code = "import clinic.logs, clinic.store, rich.console, opentelemetry.sdk.metrics, sys; print(*sys.modules)"
    assert {"rich.console", "opentelemetry.sdk.metrics"} <= set(python(code))


def test_the_countries_that_were_not_imported_can_be_asked_for_afterwards() -> None:
    code = """
import sys
from clinic.hours.bank_holidays import bank_holidays
bank_holidays("england", 2026)
print([name for name in sys.modules if name.startswith("holidays.countries")])
import holidays
print(len(holidays.country_holidays("FR", years=2026)), holidays.countries.France.country)
"""
    assert python(code) == ["['holidays.countries.united_kingdom']", "11", "FR"]


def test_a_module_that_is_left_out_is_as_if_not_installed() -> None:
    sys.modules.pop("this", None)
    with without("this"), pytest.raises(ModuleNotFoundError):
        import this  # noqa: F401
    assert "this" not in sys.modules


def test_a_module_that_is_there_already_is_not_taken_away() -> None:
    with without("json"):
        import json

        assert json.loads("1") == 1
    assert sys.modules["json"] is json


def test_a_package_is_whole_again_though_an_import_failed() -> None:
    sys.modules.pop("wsgiref", None)
    with pytest.raises(ModuleNotFoundError), unopened("wsgiref"):
        import wsgiref.absent  # type: ignore[import-not-found]  # noqa: F401
    assert "wsgiref" not in sys.modules

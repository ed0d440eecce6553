"""Extras: what is not installed with the rest, and the command that installs it where this very code runs."""

import shlex
import sys

from clinic.settings import ROOT


def to_install(extra: str) -> str:
    """Return the next step for whoever lacks an extra: into this environment, which need not have a pip of its own."""
    # What runs from its checkout would otherwise become a copy that no longer follows it.
    editable = "--editable " if (ROOT / "pyproject.toml").exists() else ""
    return f"run `python3 -m pip --python {shlex.quote(sys.executable)} install {editable}'.[{extra}]'` in the checkout"

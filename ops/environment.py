"""The environment: what this process was given, and what it hands to the parts it starts."""

import os
from collections.abc import Mapping
from pathlib import Path

from clinic.settings import ROOT


def names(environment: Mapping[str, str], setting: str) -> bool:
    """Return whether a setting is given, directly or by the file that `SETTING_FILE` names."""
    return bool(environment.get(setting) or environment.get(f"{setting}_FILE"))


def overlaid(environment: Mapping[str, str], **settings: str) -> dict[str, str]:
    """Return an environment in which these settings hold, whichever way they were given before.

    A setting may be named with its `_FILE`: then it is read from there, and its value stays out of the environment.
    """
    made = dict(environment)
    for name in settings:
        plain = name.removesuffix("_FILE")
        made.pop(plain, None)
        made.pop(f"{plain}_FILE", None)
    return made | settings


def for_python(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which `python -P -m ops` finds this very code, from whatever folder it is started."""
    made = {**environment, "PYTHONUNBUFFERED": "1"}
    if (ROOT / "pyproject.toml").exists():  # a checkout; an installed copy is found anyway
        made["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), environment.get("PYTHONPATH", "")]))
    return made


def clinic_file(environment: Mapping[str, str]) -> Path:
    """Return where the clinic facts are, for commands that need no other setting."""
    return Path(environment.get("CLINIC_FILE") or ROOT / "clinic.toml")

"""The licences of what runs, and those that somebody has looked at."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Free to use, change and pass on, with no duty towards whoever only uses the service.
KNOWN = re.compile(
    r"MIT|BSD|Apache|ISC|Python Software Foundation|PSF|Mozilla Public License 2\.0|MPL-2\.0|Unlicense|Public Domain",
    re.IGNORECASE,
)


def wanted() -> set[str]:
    """Return the packages of the lock that runs, by their normal names."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {name.lower().replace("_", "-") for name in re.findall(r"^([A-Za-z0-9._-]+)==", text, re.MULTILINE)}


def licences() -> dict[str, str]:
    """Return the licence of each installed package of the lock."""
    told = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--format=json", "--from=mixed", "--with-system"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {row["Name"].lower().replace("_", "-").replace(".", "-"): row["License"] for row in json.loads(told.stdout)}
    return {name: licence for name, licence in found.items() if name in wanted()}


def unexpected(found: Mapping[str, str]) -> dict[str, str]:
    """Return those whose licence nobody has looked at."""
    return {name: licence for name, licence in found.items() if not KNOWN.search(licence)}

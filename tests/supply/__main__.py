"""`python3 run.py audit`: known vulnerabilities of what runs (asks the advisory databases), the SBOM, the licences.

With `--where-possible` databases that can't be reached are told and fail nothing: a release has to be audited, a change
on a machine without a way out can't be.
"""

import re
import subprocess
import sys
from pathlib import Path

from tests.supply.licences import licences, unexpected

ROOT = Path(__file__).resolve().parent.parent.parent
SBOM = ROOT / "data" / "sbom.json"


def main(*, where_possible: bool) -> int:
    """Look at all three and return 1 if any of them is not well."""
    lock = str(ROOT / "requirements.lock")
    SBOM.parent.mkdir(exist_ok=True)
    made = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", lock, "--output-reproducible", "-o", str(SBOM)],
        check=False,
    )
    audited = subprocess.run(
        [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes", "--disable-pip"],
        capture_output=True,
        text=True,
        check=False,
    )
    sys.stdout.write(audited.stdout + audited.stderr)
    verdict, well = judged(audited.stdout + audited.stderr, audited.returncode, where_possible=where_possible)
    wrong = unexpected(licences())
    told = [f"{name}: {licence}" for name, licence in sorted(licences().items())]
    told += [f"{name} has a licence that nobody has looked at: {licence}" for name, licence in wrong.items()]
    told.append(f"SBOM: {SBOM}; vulnerabilities: {verdict}")
    sys.stdout.write("\n".join(told) + "\n")
    return 1 if made.returncode or not well or wrong else 0


def judged(told: str, code: int, *, where_possible: bool) -> tuple[str, bool]:
    """Return what pip-audit's words come to, and whether that is well."""
    if re.search(r"Found \d+ known vulnerabilit", told):
        return "see above", False
    # A package that the databases were not asked about, for they can't be reached, is no package without faults.
    if code or "could not be audited" in told:
        return "NOT AUDITED, see above", where_possible
    return "none known", True


if __name__ == "__main__":
    sys.exit(main(where_possible="--where-possible" in sys.argv[1:]))

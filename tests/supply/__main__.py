"""`python3 run.py audit`: known vulnerabilities of what runs (asks the advisory databases), the SBOM, the licences."""

import subprocess
import sys
from pathlib import Path

from tests.supply.licences import licences, unexpected

ROOT = Path(__file__).resolve().parent.parent.parent
SBOM = ROOT / "data" / "sbom.json"


def main() -> int:
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
    # A package that the databases were not asked about, for they can't be reached, is no package without faults.
    unasked = "could not be audited" in audited.stdout
    verdict = "NOT AUDITED, see above" if unasked else "see above" if audited.returncode else "none known"
    wrong = unexpected(licences())
    told = [f"{name}: {licence}" for name, licence in sorted(licences().items())]
    told += [f"{name} has a licence that nobody has looked at: {licence}" for name, licence in wrong.items()]
    told.append(f"SBOM: {SBOM}; vulnerabilities: {verdict}")
    sys.stdout.write("\n".join(told) + "\n")
    return 1 if made.returncode or audited.returncode or unasked or wrong else 0


if __name__ == "__main__":
    sys.exit(main())

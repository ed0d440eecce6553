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
        [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes", "--disable-pip"], check=False
    )
    wrong = unexpected(licences())
    told = [f"{name}: {licence}" for name, licence in sorted(licences().items())]
    told += [f"{name} has a licence that nobody has looked at: {licence}" for name, licence in wrong.items()]
    told.append(f"SBOM: {SBOM}; vulnerabilities: {'see above' if audited.returncode else 'none known'}")
    sys.stdout.write("\n".join(told) + "\n")
    return 1 if made.returncode or audited.returncode or wrong else 0


if __name__ == "__main__":
    sys.exit(main())

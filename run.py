#!/usr/bin/env python3
"""Leads from a fresh checkout to a running command: fills `.venv` from the lock, once, and hands over to it."""

# The first Python to meet this file may be an old one: it has to parse there, hence the quoted annotations.
import collections
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LOCK = "requirements.lock"
TEST_LOCK = "requirements-test.lock"  # all of LOCK, and the tools of the tests

# The modules each command runs one after the other, with the test tools at hand; the last takes the caller's arguments.
CHECKS = {
    "test": [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["pytest"]],
    "faults": [["tests.faults"]],
    "fuzz": [["tests.fuzz"]],
    "audit": [["tests.supply"]],
    "bench": [["bench"]],
}


def refusal(version: "tuple[int, int]", system: str) -> "str | None":
    """Why it cannot run here, or None."""
    if version < (3, 11):
        return "frontdesk needs Python 3.11 or newer, and this is {}.{}: try python3.11 run.py".format(*version)
    if system != "posix":
        return "frontdesk runs on Linux and macOS; on Windows, inside WSL."
    return None


def say(line: str, end: str = "\n") -> None:
    """Tells on stderr, because stdout belongs to the command that follows."""
    print(line, end=end, file=sys.stderr, flush=True)


def fingerprint() -> str:
    """All that an installation depends on: both locks, our own packaging, the interpreter and the place."""
    digest = hashlib.sha256(repr((sys.version, str(ROOT))).encode())
    for name in (LOCK, TEST_LOCK, "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def installed(lock: str) -> bool:
    """Whether `.venv` holds this lock: only a finished installation left a stamp that says so."""
    try:
        stamp = STAMP.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    return os.access(PYTHON, os.X_OK) and stamp in [f"{name} {fingerprint()}" for name in (lock, TEST_LOCK)]


def pip(gate: int, total: int, *arguments: str) -> None:
    """Installs into `.venv` by the caller's pip, which holds the gate too: it may outlive a killed run.py."""
    python = Path(sys.executable)
    if python.parent == PYTHON.parent:
        python = python.resolve()  # `.venv` is activated, and has no pip: the Python that made it has
    command = [str(python), "-m", "pip", "--python", str(PYTHON), "install", "--no-user", "--no-deps", *arguments]
    tail: collections.deque[str] = collections.deque(maxlen=20)
    done = 0
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, pass_fds=[gate]
    ) as process:
        for line in process.stdout or ():
            tail.append(line)
            if line.startswith(("Collecting ", "Processing ", "Requirement already ", "Ignoring ")):
                done += 1
                say(f"  fetched {done} of {total}", end="\r" if sys.stderr.isatty() else "\n")
            elif line.startswith("Installing collected packages") and total:
                say("  unpacking them         ")
    if any("No module named pip" in line for line in tail):
        sys.exit(f"{python} has no pip. Install it (Debian: apt install python3-pip) and run this again.")
    if process.returncode != 0:
        sys.exit(
            "".join(tail) + "pip could not finish: its last words are above. If it did not reach a package index, check"
            " the network, HTTPS_PROXY and PIP_INDEX_URL. Then run the same command again."
        )


def install(lock: str) -> None:
    """Makes `.venv` hold this lock, one caller at a time."""
    import fcntl

    with Path(__file__).open(encoding="utf-8") as gate:
        try:
            fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another run.py is installing: waiting for it.")
            fcntl.flock(gate, fcntl.LOCK_EX)
        if installed(lock):
            return
        total = sum("==" in line for line in (ROOT / lock).read_text(encoding="utf-8").splitlines())
        say(f"Installing {total} packages into {VENV}, only this once: about half a minute on a good line.")
        grows = installed(LOCK)
        STAMP.unlink(missing_ok=True)
        if not grows:
            venv.EnvBuilder(clear=True, symlinks=True, with_pip=False).create(VENV)
        pip(gate.fileno(), total, "--require-hashes", "--only-binary", ":all:", "-r", lock)
        pip(gate.fileno(), 0, "--no-index", "--no-build-isolation", "--editable", ".")
        STAMP.write_text(f"{lock} {fingerprint()}", encoding="utf-8")


def check(steps: "list[list[str]]", arguments: "list[str]") -> int:
    """Runs the steps in order and stops at the first that fails."""
    for step in steps:
        command = step + arguments if step is steps[-1] else step
        say(f"$ {' '.join(command)}")
        status = subprocess.call([str(PYTHON), "-m", *command], cwd=ROOT)
        if status != 0:
            return status
    return 0


def main(arguments: "list[str]") -> int:
    problem = refusal(sys.version_info[:2], os.name)
    if problem is not None:
        sys.exit(problem)
    steps = CHECKS.get(arguments[0]) if arguments else None
    lock = TEST_LOCK if steps else LOCK
    try:
        if not installed(lock):
            install(lock)
        if steps:
            return check(steps, arguments[1:])
    except PermissionError as error:
        sys.exit(f"{error}. Run this as the owner of the checkout, or from a copy of your own.")
    except KeyboardInterrupt:
        sys.exit("Interrupted: run the same command again to go on.")
    # -P: a folder named ops where the caller stands is not ours.
    return os.execv(PYTHON, [str(PYTHON), "-P", "-m", "ops", *arguments])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

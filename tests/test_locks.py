"""What is installed is locked to the hash, is what was asked for, and comes from whatever index a machine uses."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import run

ROOT = Path(__file__).parent.parent
LOCKS = (run.LOCK, run.TEST_LOCK)


def locked(lock: str) -> dict[str, list[str]]:
    """Return the lines of hashes of every requirement line in a lock."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
        if line.startswith("    "):
            found[next(reversed(found))].append(line.strip(" \\"))
        elif not line.startswith("#"):
            found[line.strip(" \\")] = []
    return found


def files() -> Iterator[Path]:
    """Yield every file that is ours, hidden folders aside (`.venv` and caches are no part of the project)."""
    for folder in [ROOT / ".ci", *(path for path in ROOT.iterdir() if not path.name.startswith((".", "data")))]:
        yield from [folder] if folder.is_file() else (path for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_one_version_and_hashes(lock: str) -> None:
    for line, hashes in locked(lock).items():
        assert re.fullmatch(r"[a-z0-9._-]+==[^ ]+( ; .+)?", line), line
        assert hashes, line
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", each) for each in hashes), line


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    assert "://" not in (ROOT / lock).read_text(encoding="utf-8")


def test_the_lock_of_the_tests_holds_all_that_runs() -> None:
    assert locked(run.LOCK).items() <= locked(run.TEST_LOCK).items()


def test_the_locks_are_what_pyproject_asks_for() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {
        run.LOCK: [
            *stated["project"]["dependencies"],
            *stated["project"]["optional-dependencies"]["demo"],
            *stated["dependency-groups"]["build"],
        ],
        run.TEST_LOCK: [*stated["project"]["optional-dependencies"]["alerts"], *stated["dependency-groups"]["test"]],
    }
    for lock, requirements in asked.items():
        versions = dict(line.split(" ;")[0].split("==") for line in locked(lock))
        for requirement in map(Requirement, requirements):
            name = canonicalize_name(requirement.name)
            assert requirement.specifier.contains(versions[name]), f"{lock} holds {name} {versions[name]}"


def test_no_file_of_ours_names_a_package_registry() -> None:
    registry = re.compile(rb"(pypi|pythonhosted|npmjs)\.(org|com)")
    assert [path for path in files() if registry.search(path.read_bytes())] == []

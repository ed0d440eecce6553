"""How a stranger gets it running: `run.py` installs what is needed, once, and runs the checks that everybody runs."""

import ast
import importlib.util
import os
import shutil
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

import run

ROOT = Path(__file__).parent.parent
LOCKS = (run.LOCK, run.TEST_LOCK)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return `run.py` as it stands in a fresh checkout of its own, where pip installs nothing and succeeds."""
    for name in ("run.py", "pyproject.toml", *LOCKS):
        shutil.copy(ROOT / name, tmp_path)
    spec = importlib.util.spec_from_file_location("fresh_run", tmp_path / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "real_pip", module.pip, raising=False)
    monkeypatch.setattr(module, "pip", lambda *_arguments: None)
    return module


@pytest.mark.parametrize(
    ("version", "system", "words"),
    [((3, 10), "posix", "needs Python 3.11 or newer, and this is 3.10"), ((3, 11), "nt", "Linux and macOS")],
)
def test_an_unfit_machine_is_told_so_in_one_line(version: tuple[int, int], system: str, words: str) -> None:
    told = run.refusal(version, system)
    assert told is not None
    assert words in told
    assert "\n" not in told


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (4, 0)])
def test_a_fit_machine_is_not_refused(version: tuple[int, int]) -> None:
    assert run.refusal(version, "posix") is None


def test_an_old_python_gets_as_far_as_the_refusal() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_a_finished_installation_is_not_repeated(checkout: ModuleType) -> None:
    assert not checkout.installed(run.LOCK)
    checkout.install(run.LOCK)
    assert checkout.installed(run.LOCK)


@pytest.mark.parametrize("changed", [*LOCKS, "pyproject.toml"])
def test_what_an_installation_was_made_from_makes_it_stale(checkout: ModuleType, changed: str) -> None:
    checkout.install(run.LOCK)
    with (checkout.ROOT / changed).open("a") as file:
        file.write("\n")
    assert not checkout.installed(run.LOCK)
    leftover = checkout.VENV / "leftover"
    leftover.touch()
    checkout.install(run.LOCK)
    assert checkout.installed(run.LOCK)
    assert not leftover.exists()


def test_a_moved_checkout_is_installed_anew(
    checkout: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.install(run.LOCK)
    monkeypatch.setattr(checkout, "ROOT", shutil.copytree(tmp_path, tmp_path / "moved", symlinks=True))
    assert not checkout.installed(run.LOCK)


def test_a_vanished_interpreter_makes_an_installation_stale(checkout: ModuleType) -> None:
    checkout.install(run.LOCK)
    checkout.PYTHON.unlink()
    assert not checkout.installed(run.LOCK)


def test_the_tests_grow_the_installation_of_the_demo(checkout: ModuleType) -> None:
    checkout.install(run.LOCK)
    (checkout.VENV / "kept").touch()
    assert not checkout.installed(run.TEST_LOCK)
    checkout.install(run.TEST_LOCK)
    assert (checkout.VENV / "kept").exists()
    assert checkout.installed(run.TEST_LOCK)
    assert checkout.installed(run.LOCK)


@pytest.mark.parametrize("before", [None, run.LOCK])
def test_an_interrupted_installation_is_done_again(
    checkout: ModuleType, monkeypatch: pytest.MonkeyPatch, before: str | None
) -> None:
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    if before is not None:
        checkout.install(before)
    with monkeypatch.context() as patch:
        patch.setattr(checkout, "pip", interrupted)
        with pytest.raises(KeyboardInterrupt):
            checkout.install(run.TEST_LOCK)
    assert not checkout.installed(run.LOCK)
    (checkout.VENV / "half").touch()
    checkout.install(run.LOCK)
    assert not (checkout.VENV / "half").exists()
    assert checkout.installed(run.LOCK)


def test_of_two_at_once_one_installs(checkout: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    other = threading.Thread(target=checkout.install, args=[run.LOCK])

    def pip(_gate: int, _total: int, *arguments: str) -> None:
        if not calls:
            other.start()
        calls.append(arguments[0])

    monkeypatch.setattr(checkout, "pip", pip)
    checkout.install(run.LOCK)
    other.join()
    assert calls == ["--require-hashes", "--no-index"]


@pytest.mark.parametrize(
    ("last", "advice"),
    [("ERROR: no way there", "run the same command again"), ("No module named pip", "apt install python3-pip")],
)
def test_a_failed_pip_ends_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], last: str, advice: str
) -> None:
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\necho Collecting one\necho {last} >&2\nexit 1\n")
    python.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(python))
    with (ROOT / "run.py").open() as gate, pytest.raises(SystemExit, match=advice):
        run.pip(gate.fileno(), 3, "one")
    told, progress = capfd.readouterr()
    assert told == ""
    assert "1 of 3" in progress


def test_an_activated_installation_is_filled_by_the_python_that_made_it(
    checkout: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by = tmp_path / "python3"
    made_by.write_text('#!/bin/sh\necho "$@" > "$0.asked"\n')
    made_by.chmod(0o700)
    checkout.PYTHON.parent.mkdir(parents=True)
    checkout.PYTHON.symlink_to(made_by)
    monkeypatch.setattr(sys, "executable", str(checkout.PYTHON))
    with (ROOT / "run.py").open() as gate:
        checkout.real_pip(gate.fileno(), 0, "one")
    assert "-m pip" in (tmp_path / "python3.asked").read_text()


def test_checks_stop_at_the_first_failure(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(run, "PYTHON", Path(sys.executable))
    assert run.check([["platform"], ["no_such_module"], ["this"]], []) == 1
    told = capfd.readouterr().err
    assert "$ platform" in told
    assert "$ this" not in told


def test_the_arguments_go_to_the_last_check(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(run, "PYTHON", Path(sys.executable))
    assert run.check([["platform"], ["platform"]], ["--terse"]) == 0
    assert capfd.readouterr().err.splitlines() == ["$ platform", "$ platform --terse"]


def test_continuous_integration_runs_what_the_readme_gives() -> None:
    script = ROOT / ".ci" / "run"
    *_, audit, command = script.read_text(encoding="utf-8").splitlines()
    assert os.access(script, os.X_OK)
    assert audit == "python3 run.py audit --where-possible"
    assert command == "python3 run.py test"
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")

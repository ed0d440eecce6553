"""The demo, as a stranger starts it: from a copy of the tree, one enquiry in, two mails out."""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from intake.desk.accounts import account_line
from tests.support.fleet import free_port

ROOT = Path(__file__).parent.parent.parent
COPIED = ["clinic", "intake", "workers", "ops", "email_templates", "clinic.toml", "pyproject.toml"]
FREE = ["--port", "0", "--inbox-port", "0", "--smtp-port", "0", "--website-port", "0", "--monitor-port", "0"]
SECONDS = 90


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a fresh copy of what runs."""
    return copied(tmp_path)


def copied(folder: Path) -> Path:
    for name in COPIED:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    return folder


def command(tree: Path, *arguments: str) -> tuple[list[str], dict[str, str]]:
    ours = {"REDIS_URL", "SMTP_URL", "FRONTDESK_SECRET", "CLINIC_FILE"}
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    return [sys.executable, "-m", "ops", *arguments], {**environment, "PYTHONPATH": str(tree)}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Run the demo for the first time; return its copy of the tree, and what it said."""
    tree = copied(tmp_path_factory.mktemp("demo"))
    return tree, demo_once(tree)


def demo_once(tree: Path, *more: str) -> subprocess.CompletedProcess[str]:
    line, environment = command(tree, "demo", "--once", "--data", str(tree / "data"), *FREE, *more)
    return subprocess.run(line, cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)


def survivors(tree: Path) -> list[str]:
    """Return the command lines of processes that still use this copy."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(tree) in line:
            found.append(line)
    return found


def test_demo_once_shows_both_mails_and_leaves_no_process(first: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    tree, done = first
    assert done.returncode == 0, done.stdout + done.stderr
    reference = re.search(r"reference (\S{4} \S{4})", done.stdout)
    assert reference is not None
    mails = re.findall(r"Mail after \d+\.\d\d s to (\S+): (.+)", done.stdout)
    assert sorted(to for to, _ in mails) == ["reception@purephysiotherapy.example", "sam.sample@patient.example"]
    assert all(reference[1] in subject for _, subject in mails)
    assert survivors(tree) == []


def test_demo_keeps_its_mails_between_runs_until_it_is_told_to_forget(
    first: tuple[Path, subprocess.CompletedProcess[str]],
) -> None:
    tree, _ = first
    mails = tree / "data" / "mail"
    assert len(list(mails.glob("*.eml"))) == 2
    for more, kept in (([], 4), (["--fresh"], 2)):
        assert demo_once(tree, *more).returncode == 0
        assert len(list(mails.glob("*.eml"))) == kept


def test_ctrl_c_stops_everything_in_order(tree: Path) -> None:
    line, environment = command(tree, "demo", "--data", str(tree / "data"), *FREE)
    log = tree / "log"
    with log.open("wb") as output:
        running = subprocess.Popen(line, cwd=tree, env=environment, stdout=output, stderr=output)
    deadline = time.monotonic() + SECONDS
    while "Ctrl-C stops everything" not in log.read_text():
        assert running.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    assert running.wait(SECONDS) == 0, log.read_text()
    assert survivors(tree) == []


def test_up_says_where_all_is_and_what_should_be_set_and_stops_on_a_signal(tree: Path) -> None:
    (tree / "desk-users").write_text(account_line("jo", "a-password-of-hers"))
    line, environment = command(tree, "up", "--data", str(tree / "data"), "--port", "0", "--monitor-port", "0")
    settings = {"SMTP_URL": "smtp://127.0.0.1:9", "DESK_USERS": str(tree / "desk-users")}
    log = tree / "log"
    with log.open("wb") as output:
        running = subprocess.Popen(line, cwd=tree, env=environment | settings, stdout=output, stderr=output)
    deadline = time.monotonic() + SECONDS
    while "What this keeps is in" not in log.read_text():
        assert running.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    running.send_signal(signal.SIGTERM)
    assert running.wait(SECONDS) == 0, log.read_text()
    [form] = re.findall(r"Form:  (http://127\.0\.0\.1:\d+)/\n", log.read_text())
    assert f"PUBLIC_URL: is not set: links in mails lead to the reader's own machine ({form})" in log.read_text()
    assert f"Desk:  {form}/desk\n" in log.read_text()


def test_up_runs_and_stops_where_nobody_reads_what_it_says(tree: Path) -> None:
    """A terminal that was stopped by Ctrl-S, or whose ssh hangs, takes no more after a while."""
    port = free_port()
    line, environment = command(tree, "up", "--data", str(tree / "data"), "--port", str(port), "--monitor-port", "0")
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    running = subprocess.Popen(
        line, cwd=tree, env=environment | {"SMTP_URL": "smtp://127.0.0.1:9"}, stdout=writing, stderr=writing
    )
    os.close(writing)
    try:
        deadline = time.monotonic() + SECONDS
        while True:
            assert time.monotonic() < deadline
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.1)
        running.send_signal(signal.SIGTERM)
        assert running.wait(SECONDS) in (0, 128 + signal.SIGTERM)
    finally:
        running.kill()
        os.close(reading)
    assert survivors(tree) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["up"], "SMTP_URL: is not set"),
        (["worker"], "REDIS_URL: is not set"),
        (["intake"], "FRONTDESK_SECRET: is not set"),
        (["hours", "--site", "nowhere"], "--site: the clinic file has no site 'nowhere'"),
    ],
)
def test_what_is_missing_is_told_in_a_line_with_exit_code_78(tree: Path, arguments: list[str], says: str) -> None:
    line, environment = command(tree, *arguments)
    done = subprocess.run(line, cwd=tree, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (78, False)
    assert says in done.stderr


def test_every_fault_of_the_clinic_file_is_told_before_anything_starts(tree: Path) -> None:
    facts = (tree / "clinic.toml").read_text()
    broken = facts.replace('"Mo-Sa 08:00-20:00"', '"Mo-Sa 08:00-25:00"').replace('"4 open hours"', '"soon"')
    (tree / "clinic.toml").write_text(broken)
    done = demo_once(tree)
    assert done.returncode == 78
    assert "opening_hours" in done.stderr
    assert "reply.target" in done.stderr
    assert "is ready" not in done.stdout

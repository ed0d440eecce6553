"""The line for an account at the desk: asked for at a terminal, sent into a file, read by the intake."""

import os
import select
import subprocess
import sys
from pathlib import Path

from intake.desk import Accounts
from ops.environment import for_python
from tests.ops.command_line import run

PASSWORD = "correct horse battery"


def read_until(terminal: int, words: bytes) -> None:
    shown = b""
    while words not in shown:
        assert select.select([terminal], [], [], 30)[0], shown
        shown += os.read(terminal, 1024)


def test_a_password_typed_at_a_terminal_makes_a_file_that_the_intake_reads(tmp_path: Path) -> None:
    users = tmp_path / "desk-users"
    ours, theirs = os.openpty()
    with users.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "ops", "desk-password", "jo"],
            stdin=theirs,
            stdout=file,
            stderr=theirs,
            env=for_python(dict(os.environ)),
            start_new_session=True,
        )
    os.close(theirs)
    # The space comes when the echo is off: what is typed before is thrown away.
    for asked in (b"Password: ", b"Repeat for confirmation: "):
        read_until(ours, asked)
        os.write(ours, f"{PASSWORD}\n".encode())
    assert process.wait(30) == 0
    os.close(ours)
    assert Accounts.read(users).verify("jo", PASSWORD)


def test_an_account_s_line_holds_a_hash_and_no_password() -> None:
    line = run("desk-password", "jo", "--password", PASSWORD).output
    assert line.startswith("jo:$argon2id$")
    assert "horse" not in line

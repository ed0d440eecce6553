"""Accounts at the desk: a file or a line of one that won't do is refused."""

from pathlib import Path

import pytest

from clinic.errors import ConfigurationError
from intake.desk import Accounts
from intake.desk.accounts import account_line
from tests.intake.desk.reception import LINE, PASSWORD


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ("", "has no account"),
        ("jo:plain", "line 1 is no account"),
        (f"{LINE}\n{LINE}", "line 2 is no account"),
        ("j o:$argon2id$x", "line 1 is no account"),
    ],
)
def test_a_file_of_accounts_that_won_t_do_is_refused(tmp_path: Path, lines: str, fault: str) -> None:
    path = tmp_path / "users"
    path.write_text(lines)
    with pytest.raises(ConfigurationError, match=fault):
        Accounts.read(path)
    path.write_text(f"# the desk\n\n{LINE}\n")
    assert Accounts.read(path).verify("jo", PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "fault"),
    [("j o", PASSWORD, "is no name"), ("", PASSWORD, "is no name"), ("jo", "short", "at least 10 characters")],
)
def test_an_account_that_won_t_do_is_refused(name: str, password: str, fault: str) -> None:
    with pytest.raises(ConfigurationError, match=fault):
        account_line(name, password)

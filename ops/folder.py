"""The data folder: what the demo or a one-machine deployment keeps between runs, and that one runs on it at a time."""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from clinic.errors import ConfigurationError

# Who signs in at the demo's desk.
DESK_NAME = "reception"


@contextlib.contextmanager
def usable(folder: str, cure: str) -> Iterator[None]:
    """Raise ConfigurationError for what can't be written in a folder; `folder` may begin with the option's name."""
    try:
        yield
    except OSError as error:
        raise ConfigurationError([f"{folder} can't be used: {error.strerror}: {cure}"]) from None


class Folder:
    """A folder of ours: `valkey/` (the enquiries), `mail/` (what the demo caught), `secret` (opens the enquiries)."""

    def __init__(self, path: Path) -> None:
        """Make the folder where it is missing, readable for its owner only; raise ConfigurationError if that fails."""
        self.path = path.absolute()
        self.valkey = self.path / "valkey"
        self.mail = self.path / "mail"
        self.secret = self.path / "secret"
        with self._usable():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for part in (self.valkey, self.mail):
                part.mkdir(mode=0o700, exist_ok=True)

    def _usable(self) -> contextlib.AbstractContextManager[None]:
        return usable(f"--data: {self.path}", "run this as its owner, or choose another folder with --data")

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other supervisor off: two servers on the same files would ruin them."""
        with self._usable():
            # Whoever made it, as root perhaps, need not be who runs this now.
            lock = (self.path / "lock").open("w")
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise ConfigurationError(
                    [f"--data: {self.path} is in use: stop the other one, or choose another folder with --data"]
                ) from None
            yield

    def forget(self) -> None:
        """Delete the enquiries and the mails, not the secret: a REDIS_URL may hold records sealed with it."""
        for part in (self.valkey, self.mail):
            shutil.rmtree(part)
            part.mkdir(mode=0o700)

    def keep_desk(self) -> tuple[Path, str]:
        """Return the file of the demo's one account at the desk, and its password, both made once."""
        from intake.desk.accounts import account_line

        users, kept = self.path / "desk-users", self.path / "desk-password"
        if not users.exists() or not kept.exists():
            password = secrets.token_urlsafe(9)
            for path, text in ((kept, password), (users, account_line(DESK_NAME, password))):
                path.touch(mode=0o600)
                path.write_text(text + "\n", encoding="utf-8")
        return users, kept.read_text(encoding="utf-8").strip()

    def keep_secret(self) -> Path:
        """Return the file with the secret of this folder, made once.

        It is whole and on the disk before anything is sealed with it: without it no enquiry could be read again.
        """
        if not self.secret.exists():
            unfinished = self.path / "secret.unfinished"
            with self._usable():
                made = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(made, "w") as file:
                    file.write(secrets.token_urlsafe(32) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.replace(self.secret)
                folder = os.open(self.path, os.O_RDONLY)
                try:
                    os.fsync(folder)
                finally:
                    os.close(folder)
        return self.secret

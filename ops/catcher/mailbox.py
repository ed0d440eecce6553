"""The mailbox: caught mails in a folder, each a file any mail program opens, and its envelope beside it."""

import secrets
from collections.abc import Sequence
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from clinic.clock import Clock


class Envelope(BaseModel):
    """How a mail came in; its `id` grows with the time."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: str
    sender: str = Field(validation_alias="from", serialization_alias="from")
    recipients: tuple[str, ...] = Field(validation_alias="to", serialization_alias="to")
    received_at: AwareDatetime


class Mailbox:
    """The mails in one folder, of this run and of those before."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        """Open the mailbox in a folder, which is made where it is missing."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._clock = clock
        read = (self._envelope(file) for file in sorted(folder.glob("*.json")))
        self._envelopes = {envelope.id: envelope for envelope in read if envelope}

    def keep(self, sender: str, recipients: Sequence[str], raw: bytes) -> Envelope:
        """Store one mail; raise OSError when the disk does not take it."""
        now = self._clock.now()
        name = f"{now:%Y%m%dT%H%M%S%f}-{secrets.token_hex(2)}"
        envelope = Envelope(id=name, sender=sender, recipients=tuple(recipients), received_at=now)
        (self._folder / f"{name}.eml").write_bytes(raw)
        # The envelope comes last and whole: a mail is in the box once its envelope is.
        unfinished = self._folder / f"{name}.unfinished"
        unfinished.write_text(envelope.model_dump_json(by_alias=True), encoding="utf-8")
        unfinished.replace(self._folder / f"{name}.json")
        self._envelopes[name] = envelope
        return envelope

    def envelopes(self, after: str = "") -> list[Envelope]:
        """Return the envelopes, oldest first; only those that came after the one named, if one is."""
        return [envelope for name, envelope in list(self._envelopes.items()) if name > after]

    def find(self, name: str) -> Envelope | None:
        """Return one envelope by its id, or None."""
        return self._envelopes.get(name)

    def raw(self, envelope: Envelope) -> bytes:
        """Return a mail as it was sent; nothing if somebody removed its file."""
        try:
            return (self._folder / f"{envelope.id}.eml").read_bytes()
        except FileNotFoundError:
            return b""

    def forget(self) -> None:
        """Delete every mail."""
        self._envelopes.clear()
        for kind in ("json", "eml", "unfinished"):
            for file in self._folder.glob(f"*.{kind}"):
                file.unlink(missing_ok=True)

    def _envelope(self, file: Path) -> Envelope | None:
        try:
            envelope = Envelope.model_validate_json(file.read_bytes())
        except ValidationError:
            return None  # not written by us
        return envelope if envelope.id == file.stem else None

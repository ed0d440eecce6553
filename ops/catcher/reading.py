"""Reading a caught mail: its headers and its words as Unicode, however broken or hostile it is."""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says, fit for JSON: no text has a lone surrogate. `headers` keeps their order and repeats."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str
    raw: str

    def header(self, name: str) -> str:
        """Return the first header of this name, whatever its case, or nothing."""
        return next((value for own, value in self.headers if own.lower() == name.lower()), "")

    def by_name(self) -> dict[str, str | list[str]]:
        """Return the headers by name, as first written; one that is repeated has a list."""
        spelt: dict[str, str] = {}
        values: dict[str, list[str]] = {}
        for name, value in self.headers:
            values.setdefault(spelt.setdefault(name.lower(), name), []).append(value)
        return {name: several if len(several) > 1 else several[0] for name, several in values.items()}


def read_letter(raw: bytes) -> Letter:
    """Return what a mail says; of one that can't be read, only `raw`."""
    source = raw.decode("utf-8", "replace")
    try:
        message = email.message_from_bytes(raw, EmailMessage, policy=email.policy.default)
        return Letter(tuple(_headers(message)), _body(message, "plain"), _body(message, "html"), source)
    except Exception:  # noqa: BLE001 - the standard parser raises almost anything on mails made for that
        return Letter((), "", "", source)


def _headers(message: EmailMessage) -> Iterator[tuple[str, str]]:
    for name, written in message.raw_items():
        try:
            value = str(message.policy.header_fetch_parse(name, str(written)))
        except Exception:  # noqa: BLE001 - as above, and one bad header must not hide the others
            value = str(written)
        yield _clean(name), _clean(value).strip()


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        content = part.get_content()
    except (LookupError, ValueError):  # a charset or an encoding that nobody knows
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return _clean(content) if isinstance(content, str) else ""


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")

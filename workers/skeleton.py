"""Skeletons: a mail as the library writes it, cut apart once, so that each mail costs only what differs in it."""

import re
from binascii import b2a_qp
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from itertools import chain

from workers.mail import Head, Mail

# What may be put into a skeleton as it is: no reader can take it for anything else than the one address, id or line.
ADDRESS = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
MESSAGE_ID = re.compile(r"<[a-z0-9.-]+@[a-z0-9.-]+>")
SUBJECT = re.compile(r"[!-~](?:[ -~]*[!-~])?")
# Shorter than a line that would have to be folded (RFC 5322 section 2.1.1); a subject is folded here.
LONGEST = 64
LINE = 78
TO, SUBJECT_LINE, ID = "to@stand-in.example", "Stand-in of a subject", "<stand-in@stand-in.example>"
TEXT, HTML = "Stand-in of a text", "<p>Stand-in of a page</p>"
DATE = datetime(1970, 1, 1, tzinfo=UTC)

Write = Callable[[Mail], bytes]


def framed(head: Head, text: bytes, html: bytes, write: Write, boundary: Callable[[str], str]) -> bytes | None:
    """Return the bytes of a mail with bodies that are encoded already; None where the library has to encode something.

    `write` writes a mail by the library and passes it through the gate, `boundary` names that of a message id.
    """
    plain = (
        ADDRESS.fullmatch(head.to)
        and MESSAGE_ID.fullmatch(head.message_id)
        and SUBJECT.fullmatch(head.subject)
        and "=?" not in head.subject
        and max(len(head.to), len(head.message_id)) <= LONGEST
        and head.date.tzinfo is UTC
    )
    subject = _folded(head.subject)
    if not plain or not text or not html or not subject:
        return None
    pieces = _skeleton(write, boundary, head.sender_name, head.sender, head.reply_to)
    between = boundary(head.message_id).encode()
    lines = (head.to, subject, _date(head.date), head.message_id)
    parts = [*(value.encode() for value in lines), *(_parts(text, html, between))]
    return b"".join(chain.from_iterable(zip(pieces, [*parts, b""], strict=True)))


@lru_cache(maxsize=32)
def _skeleton(
    write: Write, boundary: Callable[[str], str], sender_name: str, sender: str, reply_to: str | None
) -> tuple[bytes, ...]:
    """Return what stands before, between and after the parts that differ."""
    left = write(Mail(sender_name, sender, TO, reply_to, SUBJECT_LINE, ID, DATE, TEXT, HTML))
    head = [value.encode() for value in (TO, SUBJECT_LINE, format_datetime(DATE), ID)]
    pieces = []
    for part in [*head, *_parts(TEXT.encode() + b"\r\n", HTML.encode() + b"\r\n", boundary(ID).encode())]:
        piece, found, left = left.partition(part)
        if not found:
            raise AssertionError("the library writes mails in another way than it did")
        pieces.append(piece)
    return (*pieces, left)


# An enquiry's mails bear the same.
_date = lru_cache(maxsize=256)(format_datetime)


def _folded(subject: str) -> str:
    """Return a subject in lines of at most 78 characters (RFC 5322, 2.2.3), or nothing where a word has no room."""
    room, lines = LINE - len("Subject: "), []
    while len(subject) > room:
        # Each line but the first begins with the space at which it was cut.
        cut = subject.rfind(" ", 1, room + 1)
        if cut < 0:
            return ""
        lines.append(subject[:cut])
        subject, room = subject[cut:], LINE
    return "\r\n".join([*lines, subject])


def _parts(text: bytes, html: bytes, boundary: bytes) -> list[bytes]:
    return [boundary, boundary, text, boundary, html, boundary]


def quoted(text: str) -> bytes:
    """Return a text as quoted-printable lines (RFC 2045 section 6.7), or nothing for what the library must judge."""
    if not text or "\r" in text:
        return b""
    try:
        plain = text.encode()
    except UnicodeEncodeError:
        return b""
    return b2a_qp(plain if text.endswith("\n") else plain + b"\n").replace(b"\n", b"\r\n")

"""Stencils: mails whose words are set but for what differs from one enquiry to the next, which is filled in.

Rendering two templates, inlining styles and encoding the result is nearly all that a mail costs, and the same for all
enquiries whose mails have the same parts: it is done once, with stand-ins, and each mail is put together of the pieces.
"""

import quopri
import re
from binascii import b2a_qp
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import chain
from typing import Generic, TypeVar

from markupsafe import escape

from clinic.delivery import Kind
from clinic.languages import Locale
from clinic.templates import MailTemplates, Rendered, TemplateFault
from workers.blanks import AT_MOST, StandIn, filled_with, others_of, texts_of
from workers.message import gated
from workers.skeleton import quoted

# Private characters (Unicode 23.5), one for each text that differs.
FIRST = 0xE100
MARKUP = re.compile("[&<>\"']")  # what `escape` escapes
STAND_IN = re.compile("([\ue100-\ue13f])")
PRIVATE = re.compile("[\ue000-\uf8ff]")
SAMPLE = "Sample {} <b> & \"é'"
STENCILS = 256
SOFT = b"=\r\n"  # a line break that is none (RFC 2045 section 6.7): what is filled in has lines of its own
DOTS = re.compile(rb"(?m)^\.{1,25}")  # more would not fit into a line (RFC 2045, 6.7)
Piece = TypeVar("Piece", str, bytes)


@dataclass(frozen=True, slots=True, repr=False)
class Filled:
    """A mail's subject, and its two bodies as quoted-printable lines."""

    subject: str
    text: bytes
    html: bytes


@dataclass(frozen=True, slots=True)
class Pieces(Generic[Piece]):
    """A part of a mail: what is set, and between each two of them the number of the text that is filled in."""

    set: tuple[Piece, ...]
    numbers: tuple[int, ...]

    def with_those_of(self, texts: Sequence[Piece]) -> Iterator[Piece]:
        """Return what is set, with texts between."""
        between = map(texts.__getitem__, self.numbers)
        return chain(chain.from_iterable(zip(self.set, between, strict=False)), self.set[-1:])


@dataclass(frozen=True, slots=True)
class Stencil:
    """Each part in pieces."""

    subject: "Pieces[str]"
    text: "Pieces[bytes]"
    html: "Pieces[bytes]"

    def filled(self, texts: list[str]) -> Filled:
        """Return the mail with these texts in their places; in HTML they are escaped."""
        plain = [_piece(text) for text in texts]
        escaped = [
            _piece(str(escape(text))) if MARKUP.search(text) else piece
            for text, piece in zip(texts, plain, strict=True)
        ]
        gated(b"".join([*plain, *escaped]))
        return Filled(
            "".join(self.subject.with_those_of(texts)).strip(),
            b"".join(self.text.with_those_of(plain)),
            b"".join(self.html.with_those_of(escaped)),
        )


class Page(HTMLParser):
    """A page as it is read: two that differ only in how a character is written are the same."""

    def __init__(self) -> None:
        super().__init__()
        self._read: list[object] = []

    @classmethod
    def of(cls, html: str) -> list[object]:
        """Return its tags and texts."""
        page = cls()
        page.feed(html)
        page.close()
        return page._read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Read a tag."""
        self._read.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        """Read the end of one."""
        self._read.append(tag)

    def handle_data(self, data: str) -> None:
        """Read a text, of which a page may tell in pieces."""
        self._read.append([data])

    def handle_comment(self, data: str) -> None:
        """Read a comment: Outlook looks into those."""
        self._read.append((data,))


class Stencils:
    """Fills stencils in, and makes each when it is first wanted."""

    def __init__(self, templates: MailTemplates) -> None:
        self._templates = templates
        self._stencils: dict[object, Stencil | None] = {}

    def fill(self, kind: Kind, values: Mapping[str, object], locale: Locale) -> Filled | None:
        """Return a mail; None where only its templates can make it: they do more than print, or a text is no line."""
        texts = texts_of(values)
        there = [text for text in texts if text]
        if len(there) > AT_MOST or any("\n" in text or "\r" in text for text in there):
            return None
        key = (kind, locale, *others_of(values), *map(bool, texts))
        try:
            if key not in self._stencils:
                if len(self._stencils) >= STENCILS:
                    self._stencils.clear()
                self._stencils[key] = self._made(kind, values, locale)
            stencil = self._stencils[key]
            filled = stencil.filled(there) if stencil else None
        except UnicodeEncodeError:
            return None
        return filled if filled and filled.subject and filled.subject.isprintable() else None

    def _made(self, kind: Kind, values: Mapping[str, object], locale: Locale) -> Stencil | None:
        """Return the stencil of a mail, if filling a sample in gives what rendering it gives."""
        try:
            stencil = _stencil(
                self._templates.rendered(kind, filled_with(values, lambda number: StandIn(chr(FIRST + number))), locale)
            )
            whole = self._templates.rendered(kind, filled_with(values, SAMPLE.format), locale)
        except TemplateFault:
            return None
        if stencil is None:
            return None
        sample = stencil.filled([SAMPLE.format(number) for number in range(AT_MOST)])
        gated(sample.text)
        gated(sample.html)
        same = (sample.subject, _read(sample.text)) == (whole.subject, whole.text)
        return stencil if same and Page.of(_read(sample.html)) == Page.of(whole.html + "\n") else None


def _stencil(stood: Rendered) -> Stencil | None:
    subject, text, html = (STAND_IN.split(part) for part in (stood.subject, stood.text, stood.html))
    if any(PRIVATE.search(piece) for part in (subject, text, html) for piece in part[::2]):
        return None
    of_subject, of_text, of_html = (tuple(ord(piece) - FIRST for piece in part[1::2]) for part in (subject, text, html))
    return Stencil(
        Pieces(tuple(subject[::2]), of_subject), Pieces(_set(text[::2]), of_text), Pieces(_set(html[::2]), of_html)
    )


def _set(pieces: list[str]) -> tuple[bytes, ...]:
    """Return the pieces that are set; no line of them begins with a dot, which SMTP would have doubled in each mail."""
    lines = [*map(_piece, pieces[:-1]), quoted(pieces[-1])]
    return tuple(DOTS.sub(lambda dots: b"=2E" * len(dots[0]) + SOFT, piece) for piece in lines)


def _piece(text: str) -> bytes:
    """Return a piece as quoted-printable lines, the last of which goes on: a letter at its end makes room for that."""
    return b2a_qp((text + "x").encode())[:-1].replace(b"\n", b"\r\n") + SOFT


def _read(body: bytes) -> str:
    return quopri.decodestring(body).decode().replace("\r\n", "\n")

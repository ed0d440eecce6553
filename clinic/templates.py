"""The only door to jinja2 and css_inline: it turns the packaged templates into pages and mails."""

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from clinic.errors import FrontdeskError

if TYPE_CHECKING:
    from css_inline import CSSInliner

EMPTY_LINES = re.compile(r"\n{3,}")


class TemplateFault(FrontdeskError):
    """A template is missing or broken; the message names its file, line and kind of fault, and never a value."""


@dataclass(frozen=True, slots=True, repr=False)
class Rendered:
    """The three parts of a mail: a subject of one line, plain text, and HTML with its styles inlined."""

    subject: str
    text: str
    html: str


def pages(folder: Path) -> Environment:
    """Return the environment of the HTML pages in `folder`: every value is escaped, an unknown one is a fault."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def mails(folder: Path) -> "MailTemplates":
    """Return the mails of `folder`, each in a folder of its own; build it once per process."""
    return MailTemplates(folder)


class MailTemplates:
    """Renders `<mail>/subject.txt`, `body.txt` and `body.html`.

    The templates are sandboxed: they can read what they are given, and neither change it nor reach beyond it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._text = _sandbox(folder, autoescape=False)
        self._html = _sandbox(folder, autoescape=True)
        self._inliner = _inliner()

    def render(self, mail: str, values: Mapping[str, object]) -> Rendered:
        """Return the parts of one mail; raise TemplateFault whatever is wrong with its templates."""
        try:
            subject = self._text.get_template(f"{mail}/subject.txt").render(values).strip()
            text = self._text.get_template(f"{mail}/body.txt").render(values)
            html = self._inliner.inline(self._html.get_template(f"{mail}/body.html").render(values))
        except Exception as error:  # noqa: BLE001 - a template can raise whatever Python can
            # From None: the message of the error itself may quote a value, which may be a patient's.
            raise TemplateFault(self._place(mail, error)) from None
        if not subject or not subject.isprintable():
            raise TemplateFault(f"{mail}/subject.txt: a subject is one line of text")
        return Rendered(subject, EMPTY_LINES.sub("\n\n", text.strip()) + "\n", html)

    def _place(self, mail: str, error: Exception) -> str:
        """Return where a template broke: "alert/body.txt, line 3: UndefinedError"."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if self._owns(frame.filename)]
        where = f"{Path(frames[-1].filename).relative_to(self._folder)}, line {frames[-1].lineno}" if frames else mail
        return f"{where}: {type(error).__name__}"

    def _owns(self, file: str) -> bool:
        return Path(file).is_relative_to(self._folder)


def _sandbox(folder: Path, *, autoescape: bool) -> Environment:
    return ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(folder),
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def _inliner() -> "CSSInliner":
    """Return the inliner: it keeps @media, which dark mode needs, and never fetches anything."""
    # Imported on first use: pages need no inliner, and it is 17 ms of a start.
    from css_inline import CSSInliner

    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)

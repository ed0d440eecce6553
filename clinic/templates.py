"""The only door to jinja2 and css_inline: it turns the packaged templates into pages and mails."""

import re
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from clinic.errors import FrontdeskError
from clinic.languages import Locale, catalogue, say

if TYPE_CHECKING:
    from css_inline import CSSInliner

I18N = "jinja2.ext.i18n"
EMPTY_LINES = re.compile(r"\n{3,}")


class TemplateFault(FrontdeskError):
    """A template is missing or broken; the message names its file, line and kind of fault, and never a value."""


@dataclass(frozen=True, slots=True, repr=False)
class Rendered:
    """The three parts of a mail: a subject of one line, plain text, and HTML with its styles inlined."""

    subject: str
    text: str
    html: str


def pages(folder: Path, locale: Locale = "en") -> Environment:
    """Return the environment of the HTML pages in `folder`: every value is escaped, an unknown one is a fault."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        extensions=[I18N],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    return _speaking(environment, locale)


class Spoken(ImmutableSandboxedEnvironment):
    """Says what is always the same when a template is loaded, and not again in every mail."""

    locale: Locale = "en"

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Put the translation of a fixed text in the place where the template asks for it."""
        template = super()._parse(source, name, filename)
        return cast(nodes.Template, _Said(self.locale, escaped=bool(self.autoescape)).visit(template))


class _Said(NodeTransformer):
    def __init__(self, locale: Locale, *, escaped: bool) -> None:
        self._locale = locale
        self._escaped = escaped

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the name that jinja2 looks for
        fixed = isinstance(node.node, nodes.Name) and node.node.name in ("_", "gettext") and not node.kwargs
        if fixed and len(node.args) == 1 and isinstance(node.args[0], nodes.Const):
            text = node.args[0].value
            # A per cent sign is the one thing that saying it would still change.
            if isinstance(text, str) and "%" not in text:
                said = say(text, self._locale)
                # The catalogues are ours and hold HTML where a template does; what it is given is escaped as ever.
                return nodes.Const(Markup(said) if self._escaped else said, lineno=node.lineno)  # noqa: S704 - as above
        return self.generic_visit(node)


class MailTemplates:
    """Renders `<mail>/subject.txt`, `body.txt` and `body.html` of a folder; build it once per process.

    The templates are sandboxed: they can read what they are given, and neither change it nor reach beyond it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environments: dict[Locale, tuple[Environment, Environment]] = {}
        self._inliner = _inliner()

    def render(self, mail: str, values: Mapping[str, object], locale: Locale = "en") -> Rendered:
        """Return the parts of one mail; raise TemplateFault whatever is wrong with its templates."""
        rendered = self.rendered(mail, values, locale)
        if not rendered.subject or not rendered.subject.isprintable():
            raise TemplateFault(f"{mail}/subject.txt: a subject is one line of text")
        return rendered

    def rendered(self, mail: str, values: Mapping[str, object], locale: Locale = "en") -> Rendered:
        """Return the parts of what may not be a mail yet, its subject not looked at; raise TemplateFault."""
        try:
            of_text, of_html = self._speaking(locale)
            subject = of_text.get_template(f"{mail}/subject.txt").render(values).strip()
            text = of_text.get_template(f"{mail}/body.txt").render(values)
            html = self._inliner.inline(of_html.get_template(f"{mail}/body.html").render(values))
        except Exception as error:  # noqa: BLE001 - a template can raise whatever Python can
            # From None: the message of the error itself may quote a value, which may be a patient's.
            raise TemplateFault(self._place(mail, error)) from None
        return Rendered(subject, EMPTY_LINES.sub("\n\n", text.strip()) + "\n", html)

    def brief(self, notice: str, values: Mapping[str, object]) -> tuple[str, str]:
        """Return the title and the text of what is no mail; raise TemplateFault whatever is wrong."""
        try:
            of_text, _ = self._speaking("en")
            title = of_text.get_template(f"{notice}/subject.txt").render(values).strip()
            return title, of_text.get_template(f"{notice}/body.txt").render(values).strip()
        except Exception as error:  # noqa: BLE001 - as above
            raise TemplateFault(self._place(notice, error)) from None

    def _speaking(self, locale: Locale) -> tuple[Environment, Environment]:
        if locale not in self._environments:
            text, html = (_sandbox(self._folder, locale, autoescape=escaped) for escaped in (False, True))
            self._environments[locale] = text, html
        return self._environments[locale]

    def _place(self, mail: str, error: Exception) -> str:
        """Return where a template broke: "alert/body.txt, line 3: UndefinedError"."""
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if self._owns(frame.filename)]
        where = f"{Path(frames[-1].filename).relative_to(self._folder)}, line {frames[-1].lineno}" if frames else mail
        return f"{where}: {type(error).__name__}"

    def _owns(self, file: str) -> bool:
        return Path(file).is_relative_to(self._folder)


def _sandbox(folder: Path, locale: Locale, *, autoescape: bool) -> Environment:
    environment = Spoken(
        loader=FileSystemLoader(folder),
        extensions=[I18N],
        autoescape=autoescape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.locale = locale
    return _speaking(environment, locale)


def _speaking(environment: Environment, locale: Locale) -> Environment:
    """Have an environment say what its templates mark for translation in a language."""
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(catalogue(locale), newstyle=True)  # type: ignore[attr-defined]  # of the extension
    return environment


def _inliner() -> "CSSInliner":
    """Return the inliner: it keeps @media, which dark mode needs, and never fetches anything."""
    # Imported on first use: pages need no inliner, and it is 17 ms of a start.
    from css_inline import CSSInliner

    return CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)

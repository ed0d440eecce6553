"""Rendering: a page is written from its template, in a language, with the headers that say who may show it."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

from clinic.facts import ClinicFacts
from clinic.languages import TAGS, Locale
from intake.answer import ALONE, HTML, NO_STORE, SCRIPTED, TO_OURSELVES, Answer, Header, framed_by
from intake.assets import Assets
from intake.languages import Languages
from intake.places import Places
from intake.proofs import FIELD

FOLDER = Path(__file__).parent / "templates"
Rendering = Callable[[str, Mapping[str, object]], str]


class Renderer:
    """Renders the templates beside this file with what every page of one clinic is given."""

    def __init__(
        self,
        facts: ClinicFacts,
        places: Places,
        languages: Languages,
        assets: Assets,
        origins: Iterable[str],
        *,
        scripted: bool,
    ) -> None:
        """Let the websites of these origins show a page in a frame, where it is made for one.

        `scripted` pages run a script of ours.
        """
        self._framed = framed_by(origins)
        self._alone = SCRIPTED if scripted else ALONE
        self._speaking = cache(self._speaker)
        self._by_choice = ((b"vary", b"accept-language"),) if languages.several else ()
        self._facts = facts
        self._places = places
        self._languages = languages
        self._assets = assets

    def page(
        self,
        status: int,
        name: str,
        *headers: Header,
        locale: Locale,
        path: str = "",
        framed: bool = False,
        referrer: bytes = TO_OURSELVES,
        cache: Header = NO_STORE,
        **context: object,
    ) -> Answer:
        """Render a template; `path` is where its page is found in every language, after the prefix for one."""
        body = self._speaking(locale)(name, context | {"framed": framed, "path": path}).encode()
        policy = self._framed if framed else self._alone
        headers = (*headers, *self._by_choice)
        return Answer(status, body, HTML, *headers, cache=cache, policy=policy, referrer=referrer)

    def _speaker(self, locale: Locale) -> Rendering:
        """Return what renders pages in a language, once it knows what all of them are given."""
        # Imported on first use: jinja2 is 25 ms of a start, and an enquiry that a website sends needs no page.
        from clinic.templates import pages

        facts, path = self._facts, self._assets.path
        environment = pages(FOLDER, locale)
        environment.globals |= {
            "clinic": facts,
            "place": self._places.of("", locale),
            "locale": locale,
            "language": TAGS[locale],
            "prefix": self._languages.prefix(locale),
            "other_languages": self._languages.others(locale),
            "stylesheet": path("site.css"),
            "icon": path("icon.svg"),
            "frame_script": path("frame.js"),
            "proof_script": path("proof.js"),
            "proof_field": FIELD,
            "conditions": [(condition.slug, condition.title_in(locale)) for condition in facts.condition],
            "sites": [(site.slug, site.name) for site in facts.site],
        }
        return lambda name, values: environment.get_template(name).render(values)

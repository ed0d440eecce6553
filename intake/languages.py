"""The language of an answer: as the form says, else as the path says, else as the browser asks for it."""

from clinic.facts import ClinicFacts
from clinic.languages import LOCALES, NAMES, TAGS, Locale, language_of
from intake.head import Head


class Languages:
    """Chooses among the languages of one clinic; each of its pages also has a path for each of them."""

    def __init__(self, facts: ClinicFacts) -> None:
        self._facts = facts

    @property
    def several(self) -> bool:
        """Return whether there is anything to choose."""
        return len(self._facts.languages) > 1

    def prefix(self, locale: Locale) -> str:
        """Return what stands in front of a path to have the page in a language: "/cy"."""
        return f"/{locale}" if self.several else ""

    def others(self, locale: Locale) -> list[tuple[str, str, str]]:
        """Return the other languages: the prefix, the tag (RFC 5646) and the name of each."""
        return [(self.prefix(other), TAGS[other], NAMES[other]) for other in self._facts.languages if other != locale]

    def wanted(self, head: Head, *, path: str = "", field: str = "") -> Locale:
        """Return the language to answer in; `field` is what the form says of itself."""
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        said = language_of(field)
        for locale in LOCALES:
            if locale in (said, first):
                return self._facts.spoken(locale)
        return head.language(self._facts.languages)


PREFIXES = ("", *(f"/{locale}" for locale in LOCALES))

"""Languages: what the service says, in English as it stands in code and templates, or from a catalogue."""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Literal, get_args

from clinic.imports import without

Locale = Literal["en", "cy"]

LOCALES: tuple[Locale, ...] = get_args(Locale)
# As the `lang` of a page or a mail (RFC 5646).
TAGS: dict[Locale, str] = {"en": "en-GB", "cy": "cy"}
# As each calls itself.
NAMES: dict[Locale, str] = {"en": "English", "cy": "Cymraeg"}
CATALOGUES = Path(__file__).parent / "catalogues"


def language_of(tag: str) -> str:
    """Return the language of a tag (RFC 5646), whether we speak it or not: "en" of "en-GB", and of "en_GB" (POSIX)."""
    return tag.strip().lower().replace("_", "-").partition("-")[0]


@cache
def catalogue(locale: Locale) -> NullTranslations:
    """Return the translations from English; for English there are none. Read once per process, when first needed."""
    if locale == "en":
        return NullTranslations()
    # Imported on first use: who speaks English only needs no Babel for it.
    with without("pytz"):  # as for dates
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (CATALOGUES / f"{locale}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=locale))
    compiled.seek(0)
    return GNUTranslations(compiled)


def say(message: str, locale: Locale) -> str:
    """Return a message in a language; in English where the catalogue lacks it."""
    return catalogue(locale).gettext(message)


def gettext_noop(message: str) -> str:
    """Mark a message for the catalogues where it is written, to be said elsewhere."""
    return message

"""The parts of the clinic file: its conditions, its sites, and how reception is told."""

import re
from datetime import date
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, model_validator

from clinic.address import Address
from clinic.hours import Closure, ReplyTarget, SpecialHours
from clinic.languages import Locale
from clinic.origin import origin
from clinic.phone import dialable
from clinic.shape import shaped


def _of_a_website(url: str, info: ValidationInfo) -> str:
    # Facts that were kept (JSON) passed the rules of their day, and enquiries still hang on them.
    if info.mode == "python":
        origin(url)
    return url


def _printable(text: str, info: ValidationInfo) -> str:
    """Return a text of characters that can be seen, and plain spaces: a subject holds no others."""
    # As above, of facts that were kept.
    if info.mode != "python":
        return text
    text = re.sub(r"\s", " ", text)
    if not text.isprintable():
        shown = "".join(char if char.isprintable() else f"[U+{ord(char):04X}]" for char in text)
        raise ValueError(f'take out what nobody can see, here in brackets: "{shown}"')
    return text


Slug = Annotated[
    str,
    StringConstraints(max_length=60),
    shaped(r"[a-z0-9]+(-[a-z0-9]+)*", 'write small letters and digits, and a hyphen for a space, such as "neck-pain"'),
]
Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    shaped(r"[^\r\n]+", "write it on one line"),
    AfterValidator(_printable),
]
Phone = Annotated[Line, AfterValidator(dialable)]
Url = Annotated[
    str,
    StringConstraints(max_length=300),
    shaped(r"https?://\S+", 'write it as the browser shows it, from https:// on, such as "https://www.example.com"'),
    AfterValidator(_of_a_website),
]


class Part(BaseModel):
    """What a table of the clinic file says; an unknown name in it is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RedFlags(Part):
    """Signs that can't wait for a reply, in the words of the clinician who answers for them; we never invent any.

    What is not said in Welsh is shown in English.
    """

    advice: Line
    signs: Annotated[tuple[Line, ...], Field(min_length=1, max_length=12)]
    advice_cy: Line | None = None
    signs_cy: Annotated[tuple[Line, ...], Field(max_length=12)] = ()
    reviewer: Line
    reviewed: date

    @model_validator(mode="after")
    def _told_whole(self) -> Self:
        if (self.advice_cy or self.signs_cy) and not (self.advice_cy and len(self.signs_cy) == len(self.signs)):
            raise ValueError(
                "the Welsh is not whole: give advice_cy and as many signs_cy as there are signs, or neither"
            )
        return self


class Condition(Part):
    """A condition page of the website that carries the form."""

    slug: Slug
    title: Line
    title_cy: Line | None = None
    red_flags: RedFlags | None = None

    def title_in(self, locale: Locale) -> str:
        """Return its title in a language, in English where the clinic file has no other."""
        return (self.title_cy if locale == "cy" else None) or self.title


class Site(Part):
    """One of several places of the clinic; whatever it leaves out is as the clinic's."""

    slug: Slug
    name: Line
    address: Line | None = None
    phone: Phone | None = None
    opening_hours: str | None = None
    bank_holidays: str | None = None
    bank_holiday_hours: str | None = None
    bank_holiday_substitutes: str | None = None
    closure: tuple[Closure, ...] | None = None
    special_hours: tuple[SpecialHours, ...] | None = None


class Reply(Part):
    """What we promise: how soon a patient hears from us, counted in open hours."""

    target: ReplyTarget


class Alerts(Part):
    """How reception is told; beyond `flood` alerts in ten minutes (0: never) lists take their place.

    `channels` names where else it is told; the address of each is a setting, for it is a secret.
    """

    detail: Literal["full", "link"] = "full"
    out_of_hours: Literal["immediate", "hold"] = "immediate"
    digest: bool = True
    flood: Annotated[int, Field(ge=0, le=1000)] = 20
    channels: Annotated[tuple[Slug, ...], Field(max_length=9)] = ()


class Reminders(Part):
    """How the promise is watched: reminded after so many percent of the reply time (0: never), escalated at its end."""

    after: Annotated[int, Field(ge=0, le=95)] = 75
    manager: Annotated[tuple[Address, ...], Field(max_length=9)] = ()


class Practice(NamedTuple):
    """The clinic as a whole, or one of its sites, as it presents itself; `site` is None for the whole."""

    clinic: str
    site: str | None
    phone: str
    address: str

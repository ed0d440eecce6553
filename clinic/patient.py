"""What mails may say of what the visitor typed: a first name to the patient, the rest inert and to reception alone."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from clinic.enquiry import ContactBy
from clinic.facts import ClinicFacts
from clinic.inert import inert, inert_line
from clinic.languages import Locale
from clinic.phone import dialled
from clinic.record import Record

FIRST_NAME_LENGTH = 20
# Chinese, Japanese and Korean say in 20 letters and no space what a stranger wants to sell; a name is this short.
WIDE_NAME_LENGTH = 4
# First words that are letters and yet no name to greet someone by.
NO_NAMES = frozenset({"www", "http", "https", "ftp", "mailto", "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "sir"})
PLAIN_ADDRESS = re.compile(r"[\w.+'-]+@[\w.-]+", re.ASCII)
# Languages that reception would not expect; who wrote in one of them was answered in it.
LANGUAGES: dict[Locale, str] = {"cy": "Welsh"}
WAYS: Mapping[ContactBy, str] = {"phone": "by phone", "email": "by email", "either": "by phone or email"}


@dataclass(frozen=True, slots=True, repr=False)
class Patient:
    """What the visitor typed, inert; only reception's mails are given it."""

    name: str
    email: str
    phone: str
    dial: str | None
    contact_by: ContactBy
    contact_when: str
    condition: str | None
    language: str | None
    message: tuple[str, ...]

    @property
    def way(self) -> str:
        """Return how they want to be contacted, in words."""
        return WAYS[self.contact_by]


def patient_of(record: Record, facts: ClinicFacts) -> Patient:
    """Return what the visitor typed, made inert; the address that passed our check stays whole, so it can be copied."""
    enquiry = record.enquiry
    plain = PLAIN_ADDRESS.fullmatch(enquiry.email)
    return Patient(
        name=inert_line(enquiry.name),
        email=enquiry.email if plain else inert_line(enquiry.email),
        phone=inert_line(enquiry.phone),
        dial=dialled(enquiry.phone),
        contact_by=enquiry.contact_by,
        contact_when=inert_line(enquiry.contact_when),
        condition=facts.condition_title(enquiry.condition),
        language=LANGUAGES.get(facts.spoken(enquiry.locale)),
        message=tuple(inert(enquiry.message).split("\n")),
    )


def first_name(name: str) -> str | None:
    """Return the first word of a name if it is one plain word of letters, and nothing else may greet a patient.

    "Zoë Smith" gives "Zoë"; "O'Brien", "Dr Smith", "www.evil.test" and a word of more than 20 letters, or of more than
    four where some are wide, give None.
    """
    words = unicodedata.normalize("NFC", name).split()
    if not words or not words[0].isalpha() or words[0].casefold() in NO_NAMES:
        return None
    wide = any(unicodedata.east_asian_width(letter) in "WF" for letter in words[0])
    return words[0] if len(words[0]) <= (WIDE_NAME_LENGTH if wide else FIRST_NAME_LENGTH) else None

"""Wording: what we say about each fault of each field, as a person at the desk would."""

from clinic.enquiry import CONTACT_WHEN_LENGTH, EMAIL_LENGTH, MESSAGE_LENGTH, NAME_LENGTH, PHONE_LENGTH
from clinic.languages import Locale, say
from clinic.languages import gettext_noop as _
from clinic.text import Fault

_EMAIL = _("Enter an email address in the correct format, like name@example.com")

MESSAGES: dict[tuple[str, Fault], str] = {
    ("name", Fault.REQUIRED): _("Enter your name"),
    ("name", Fault.TOO_LONG): _("Your name must be {limit:,} characters or fewer"),
    ("name", Fault.CHARACTERS): _(
        "Your name has characters in it that can't be seen. Type it again rather than copying it"
    ),
    ("email", Fault.REQUIRED): _("Enter your email address"),
    ("email", Fault.TOO_LONG): _("Your email address must be {limit:,} characters or fewer"),
    ("email", Fault.EMAIL): _EMAIL,
    ("contact_by", Fault.CHOICE): _("Choose how we should contact you: by email, by phone, or either"),
    ("phone", Fault.REQUIRED): _("Enter a phone number, or choose to be contacted by email"),
    ("phone", Fault.TOO_LONG): _("Your phone number must be {limit:,} characters or fewer"),
    ("phone", Fault.CHARACTERS): _(
        "Your phone number has characters in it that can't be seen. Type it again rather than copying it"
    ),
    ("phone", Fault.PHONE): _("Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"),
    ("contact_when", Fault.TOO_LONG): _("The best time to reach you must be {limit:,} characters or fewer"),
    ("contact_when", Fault.CHARACTERS): _(
        "The best time to reach you has characters in it that can't be seen. Type it again rather than copying it"
    ),
    ("condition", Fault.CHOICE): _("Choose a condition from the list, or none"),
    ("site", Fault.CHOICE): _("Choose a clinic from the list, or none"),
    ("message", Fault.REQUIRED): _("Tell us what you would like help with"),
    ("message", Fault.TOO_LONG): _("Your message must be {limit:,} characters or fewer"),
    ("message", Fault.CHARACTERS): _(
        "Your message has characters in it that can't be seen. Type it again rather than copying it"
    ),
    ("locale", Fault.CHOICE): _("Choose English (en) or Welsh (cy)"),
}
LIMITS = {
    "name": NAME_LENGTH,
    "email": EMAIL_LENGTH,
    "phone": PHONE_LENGTH,
    "contact_when": CONTACT_WHEN_LENGTH,
    "message": MESSAGE_LENGTH,
}
# What only a program can do wrong.
GENERAL: dict[Fault, str] = {
    Fault.TYPE: _("This must be a text"),
    Fault.UNKNOWN_FIELD: _("This field is not known: leave it out"),
    Fault.REQUIRED: _("This field is needed"),
    Fault.TOO_LONG: _("This is too long"),
    Fault.CHARACTERS: _("This has characters in it that can't be seen"),
    Fault.EMAIL: _EMAIL,
    Fault.PHONE: _("Enter a phone number"),
    Fault.CHOICE: _("Choose one of the values that are offered"),
}


def message(field: str, fault: Fault, locale: Locale = "en") -> str:
    """Return the sentence for a fault of a field."""
    form = MESSAGES.get((field, fault)) or GENERAL[fault]
    return say(form, locale).format(limit=LIMITS.get(field))

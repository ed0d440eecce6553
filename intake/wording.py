"""Wording: what we say about each fault of each field, as a person at the desk would."""

from clinic.enquiry import CONTACT_WHEN_LENGTH, EMAIL_LENGTH, MESSAGE_LENGTH, NAME_LENGTH, PHONE_LENGTH
from clinic.languages import Locale, say
from clinic.languages import gettext_noop as _
from clinic.text import FieldFault

_EMAIL = _("Enter an email address in the correct format, like name@example.com")

MESSAGES: dict[tuple[str, FieldFault], str] = {
    ("name", FieldFault.REQUIRED): _("Enter your name"),
    ("name", FieldFault.TOO_LONG): _("Your name must be {limit:,} characters or fewer"),
    ("name", FieldFault.CHARACTERS): _(
        "Your name has characters in it that can't be seen. Type it again rather than copying it"
    ),
    ("email", FieldFault.REQUIRED): _("Enter your email address"),
    ("email", FieldFault.TOO_LONG): _("Your email address must be {limit:,} characters or fewer"),
    ("email", FieldFault.EMAIL): _EMAIL,
    ("contact_by", FieldFault.CHOICE): _("Choose how we should contact you: by email, by phone, or either"),
    ("phone", FieldFault.REQUIRED): _("Enter a phone number, or choose to be contacted by email"),
    ("phone", FieldFault.TOO_LONG): _("Your phone number must be {limit:,} characters or fewer"),
    ("phone", FieldFault.CHARACTERS): _(
        "Your phone number has characters in it that can't be seen. Type it again rather than copying it"
    ),
    ("phone", FieldFault.PHONE): _("Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"),
    ("contact_when", FieldFault.TOO_LONG): _("The best time to reach you must be {limit:,} characters or fewer"),
    ("contact_when", FieldFault.CHARACTERS): _(
        "The best time to reach you has characters in it that can't be seen. Type it again rather than copying it"
    ),
    ("condition", FieldFault.CHOICE): _("Choose a condition from the list, or none"),
    ("site", FieldFault.CHOICE): _("Choose a clinic from the list, or none"),
    ("message", FieldFault.REQUIRED): _("Tell us what you would like help with"),
    ("message", FieldFault.TOO_LONG): _("Your message must be {limit:,} characters or fewer"),
    ("message", FieldFault.CHARACTERS): _(
        "Your message has characters in it that can't be seen. Type it again rather than copying it"
    ),
    ("locale", FieldFault.CHOICE): _("Choose English (en) or Welsh (cy)"),
}
LIMITS = {
    "name": NAME_LENGTH,
    "email": EMAIL_LENGTH,
    "phone": PHONE_LENGTH,
    "contact_when": CONTACT_WHEN_LENGTH,
    "message": MESSAGE_LENGTH,
}
# What only a program can do wrong.
GENERAL: dict[FieldFault, str] = {
    FieldFault.TYPE: _("This must be a text"),
    FieldFault.UNKNOWN_FIELD: _("This field is not known: leave it out"),
    FieldFault.REQUIRED: _("This field is needed"),
    FieldFault.TOO_LONG: _("This is too long"),
    FieldFault.CHARACTERS: _("This has characters in it that can't be seen"),
    FieldFault.EMAIL: _EMAIL,
    FieldFault.PHONE: _("Enter a phone number"),
    FieldFault.CHOICE: _("Choose one of the values that are offered"),
}


def message(field: str, fault: FieldFault, locale: Locale = "en") -> str:
    """Return the sentence for a fault of a field."""
    form = MESSAGES.get((field, fault)) or GENERAL[fault]
    return say(form, locale).format(limit=LIMITS.get(field))

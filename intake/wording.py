"""Wording: what we say about each fault of each field, as a person at the desk would."""

from clinic.enquiry import CONTACT_WHEN_LENGTH, EMAIL_LENGTH, MESSAGE_LENGTH, NAME_LENGTH, PHONE_LENGTH
from clinic.text import Fault

_EMAIL = "Enter an email address in the correct format, like name@example.com"
_INVISIBLE = "has characters in it that can't be seen. Type it again rather than copying it"

MESSAGES: dict[tuple[str, Fault], str] = {
    ("name", Fault.REQUIRED): "Enter your name",
    ("name", Fault.TOO_LONG): f"Your name must be {NAME_LENGTH} characters or fewer",
    ("name", Fault.CHARACTERS): f"Your name {_INVISIBLE}",
    ("email", Fault.REQUIRED): "Enter your email address",
    ("email", Fault.TOO_LONG): f"Your email address must be {EMAIL_LENGTH} characters or fewer",
    ("email", Fault.EMAIL): _EMAIL,
    ("contact_by", Fault.CHOICE): "Choose how we should contact you: by email, by phone, or either",
    ("phone", Fault.REQUIRED): "Enter a phone number, or choose to be contacted by email",
    ("phone", Fault.TOO_LONG): f"Your phone number must be {PHONE_LENGTH} characters or fewer",
    ("phone", Fault.CHARACTERS): f"Your phone number {_INVISIBLE}",
    ("phone", Fault.PHONE): "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192",
    ("contact_when", Fault.TOO_LONG): f"The best time to reach you must be {CONTACT_WHEN_LENGTH} characters or fewer",
    ("contact_when", Fault.CHARACTERS): f"The best time to reach you {_INVISIBLE}",
    ("condition", Fault.CHOICE): "Choose a condition from the list, or none",
    ("site", Fault.CHOICE): "Choose a clinic from the list, or none",
    ("message", Fault.REQUIRED): "Tell us what you would like help with",
    ("message", Fault.TOO_LONG): f"Your message must be {MESSAGE_LENGTH:,} characters or fewer",
    ("message", Fault.CHARACTERS): f"Your message {_INVISIBLE}",
    ("locale", Fault.CHOICE): "Choose English (en) or Welsh (cy)",
}
# What only a program can do wrong.
GENERAL: dict[Fault, str] = {
    Fault.TYPE: "This must be a text",
    Fault.UNKNOWN_FIELD: "This field is not known: leave it out",
    Fault.REQUIRED: "This field is needed",
    Fault.TOO_LONG: "This is too long",
    Fault.CHARACTERS: "This has characters in it that can't be seen",
    Fault.EMAIL: _EMAIL,
    Fault.PHONE: "Enter a phone number",
    Fault.CHOICE: "Choose one of the values that are offered",
}


def message(field: str, fault: Fault) -> str:
    """Return the sentence for a fault of a field."""
    return MESSAGES.get((field, fault)) or GENERAL[fault]

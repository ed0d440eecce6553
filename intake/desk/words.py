"""Words: what staff are told of a delivery, by its state and the cause of it, and of days and times."""

from collections.abc import Mapping
from datetime import date

from clinic.hours import plain_date
from clinic.screening import QUARANTINE

STATES: Mapping[str, str] = {
    "due": "on its way",
    "sending": "being sent",
    "sent": "sent",
    "failed": "failed",
    "in_doubt": "may have arrived",
    "suppressed": "not sent",
}
_NO_PROOF = "the browser did not do the work that the form asks for"
_MANY_FROM_ONE = "too many enquiries came from one place"
_NO_PERSON = "this address is not a person's"
CAUSES: Mapping[str, str] = {
    "quarantine-trap": "a field that people do not see was filled in",
    "quarantine-too-fast": "it was sent faster than people write",
    "quarantine-forged-token": "it did not come from our form",
    "quarantine-no-proof": _NO_PROOF,
    "quarantine-wrong-proof": _NO_PROOF,
    "quarantine-old-proof": _NO_PROOF,
    "quarantine-used-proof": _NO_PROOF,
    "quarantine-address": _MANY_FROM_ONE,
    "quarantine-network": _MANY_FROM_ONE,
    "recipient-limit": "this address has had one from us lately",
    "breaker": "too many enquiries came in at once",
    "own-address": _NO_PERSON,
    "no-person": _NO_PERSON,
    "flooded": "it is on a list instead",
    "contacted": "the patient had been contacted",
    "erased": "the enquiry was erased",
    "resolved": "somebody saw to it",
    "nobody-left": "nobody is left to tell you of",
    "dot-silence": "the connection broke at the end",
    "dot-killed": "the connection broke at the end",
    "channel-silence": "no answer came",
    "too-old": "no mail server took it, although it was tried again and again",
    "template": "its text has a fault",
    "poison": "it stopped the service several times",
}
# By the first word, where what comes after it is for whoever looks after the service.
BEGINNINGS: Mapping[str, str] = {
    "rcpt": "the mail server would not take mail for this address",
    "seal": "the record can't be opened",
    "record": "the record can't be opened",
    "facts": "the record can't be opened",
}


def why(cause: str) -> str:
    """Return a cause in plain words, or nothing for none."""
    if cause == "-":
        return ""
    first, _, answer = cause.partition("-")
    if words := CAUSES.get(cause) or BEGINNINGS.get(first):
        return words
    if cause.startswith(QUARANTINE):
        return "it looks like spam"
    if answer.startswith("5"):
        return "the mail server refused it"
    return "please tell whoever looks after this service"


def day(iso: str) -> str:
    """ "23 November 2026", from 2026-11-23."""
    return plain_date(date.fromisoformat(iso))


def length_of_time(minutes: int) -> str:
    """ "12 minutes", and of what is longer than that "3 hours" or "1 hour 5 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [(hours, "hour")] * bool(hours) + [(rest, "minute")] * bool(rest or not hours)
    return " ".join(f"{number} {word}{'' if number == 1 else 's'}" for number, word in parts)

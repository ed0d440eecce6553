"""What a stranger can put into a confirmation: nothing. Each is compared with that of an enquiry that says nothing."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from clinic.delivery import DeliveryName, Kind
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts
from clinic.patient import first_name
from clinic.record import Record
from ops.preview import CLOSED, OPEN
from workers.mails import compose
from workers.message import message_bytes

TO = "sam@example.org"
PIECES = (
    "http://evil.test/",
    "<script>alert(1)</script>",
    "{{ clinic.phone }}",
    "%(reference)s {due}",
    "\r\nBcc: x@evil.test",
    "\u202egnp.exe",
    "=?utf-8?q?x?=",
    "李小龙",
    "O'Brien-Ní Dhomhnaill",
    "Zoë",
    "\x00\x1b[31m",
    "&lt;b&gt;",
    "\n.\n",
    "[CDATA[",
    "cheap pills",
    "🙂",
)
CHARACTERS = [chr(code) for code in range(0x20, 0x2FFF) if chr(code).isprintable()]


def strangers_words(chance: random.Random) -> str:
    """Return what somebody may type: hostile pieces, and characters of all scripts."""
    characters = "".join(chance.choices(CHARACTERS, k=chance.randrange(30)))
    pieces = [*chance.choices(PIECES, k=chance.randrange(4)), characters]
    chance.shuffle(pieces)
    return " ".join(pieces) or "x"


def differing(facts: ClinicFacts, count: int, seed: int, tell: Callable[[int], None]) -> int:
    """Return how many confirmations have a byte that is not ours, nor of the reference, the times or a first name."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    moments = [OPEN, CLOSED, *(OPEN + timedelta(hours=7 * step) for step in range(8))]

    def sent(enquiry: Enquiry, received_at: datetime) -> bytes:
        record = Record(reference="CFGH3467", received_at=received_at, facts="x", enquiry=enquiry)
        return message_bytes(compose(DeliveryName(Kind.CONFIRMATION), record, facts))

    @cache
    def plain(name: str | None, received_at: datetime, locale: str) -> bytes:
        quiet = Enquiry.model_validate({"name": name or "-", "email": TO, "message": "-", "locale": locale})
        return sent(quiet, received_at)

    found = 0
    for number in range(count):
        if number % 100 == 0:
            tell(number)
        words = (strangers_words(chance) for _ in range(5))
        typed = dict(zip(("name", "phone", "contact_when", "condition", "message"), words, strict=True))
        chosen = {"contact_by": chance.choice(["email", "phone", "either"]), "locale": chance.choice(["en", "cy"])}
        enquiry = Enquiry.model_validate(typed | chosen | {"email": TO})
        received_at = chance.choice(moments)
        found += sent(enquiry, received_at) != plain(first_name(enquiry.name), received_at, enquiry.locale)
    return found

"""The record: an enquiry with when it was received and under which clinic facts; it is only ever stored sealed."""

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic_core import to_json

from clinic.enquiry import Enquiry

ENQUIRY = Enquiry.__pydantic_serializer__


class Record(BaseModel):
    """All that a mail is made of; a mail is a pure function of this and the facts that `facts` names.

    `link` is where reception marks it as contacted, where there is such a page; it is here so that a mail that goes out
    again has the same bytes, whatever the secrets are by then. `not_spam` is where one that was set aside is released.
    `unconfirmed` says in one word why no confirmation goes to the patient, where none does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: str
    received_at: AwareDatetime
    facts: str
    enquiry: Enquiry
    unconfirmed: str = ""
    link: str = ""
    not_spam: str = ""


def fresh_bytes(
    reference: str,
    received_at: datetime,
    facts: str,
    enquiry: Enquiry,
    unconfirmed: str = "",
    link: str = "",
    not_spam: str = "",
) -> bytes:
    """Return the bytes to seal of a new record, as its model would write them; to make one would take longer."""
    words = {}
    if unconfirmed or link or not_spam:
        more = {"unconfirmed": unconfirmed, "link": link, "not_spam": not_spam}
        words = {name: value for name, value in more.items() if value}
    return b'{"reference":"%b","received_at":%b,"facts":"%b","enquiry":%b%b}' % (
        reference.encode(),
        to_json(received_at),
        facts.encode(),
        ENQUIRY.to_json(enquiry, exclude_defaults=True),
        b"," + to_json(words)[1:-1] if words else b"",
    )


def read_record(plain: bytes) -> Record:
    """Return the record of unsealed bytes; raise ValueError for what no version of ours wrote."""
    return Record.model_validate_json(plain)

"""The record: an enquiry with when it was received and under which clinic facts; it is only ever stored sealed."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from clinic.enquiry import Enquiry


class Record(BaseModel):
    """All that a mail is made of; a mail is a pure function of this and the facts that `facts` names.

    `link` is where reception marks it as contacted, where there is such a page; it is here so that a mail that goes out
    again has the same bytes, whatever the secrets are by then. `not_spam` is where one that was set aside is released.
    `unconfirmed` says in one word why no confirmation goes to the patient, where none does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = 1
    reference: str
    received_at: AwareDatetime
    facts: str
    enquiry: Enquiry
    unconfirmed: str = ""
    link: str = ""
    not_spam: str = ""


def plain_bytes(record: Record) -> bytes:
    """Return the bytes to seal."""
    return record.model_dump_json(exclude_defaults=True).encode()


def read_record(plain: bytes) -> Record:
    """Return the record of unsealed bytes; raise ValueError for what no version of ours wrote."""
    return Record.model_validate_json(plain)

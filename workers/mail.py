"""A mail to one address: what stands above its bodies, and they, as they are read."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, repr=False)
class Head:
    """What stands above the bodies of one mail to one address. Not shown by `repr`: it is about a person."""

    sender_name: str
    sender: str
    to: str
    reply_to: str | None
    subject: str
    message_id: str
    date: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Mail(Head):
    """One mail, as it is read."""

    text: str
    html: str | None

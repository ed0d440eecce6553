"""The receipt: what a program is told when an enquiry was accepted."""

from datetime import datetime
from functools import lru_cache
from typing import Annotated

from pydantic import BaseModel, Field
from pydantic_core import to_json

from clinic.acceptance import Accepted
from clinic.hours import mail_sentence
from clinic.languages import say
from intake.places import Place

Instant = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class Links(BaseModel):
    """Where to go from here."""

    confirmation: Annotated[
        str,
        Field(
            description="The page to show to the patient, in the language of the enquiry; it can be read for 24 hours. "
            "It is a whole address, or a path of this server where that was not told its own address.",
            json_schema_extra={"format": "uri-reference"},
        ),
    ]
    phone: Annotated[str, Field(description="The clinic's telephone number as a link.")]


class Receipt(BaseModel):
    """An enquiry was accepted and is stored; every instant bears the clinic's own offset."""

    reference: Annotated[str, Field(description="What the patient reads out on the telephone.")]
    received_at: Instant
    open_now: Annotated[bool, Field(description="Whether the clinic was open when the enquiry came in.")]
    next_opening: Annotated[Instant | None, Field(description="When it opens next, after the hours it was open in.")]
    reply_by: Annotated[Instant | None, Field(description="By when the patient hears from the clinic.")]
    message: Annotated[str, Field(description="The sentence to show to the patient.")]
    links: Links


# What stands in a template for what differs between those who write in the same second.
REFERENCE, CONFIRMATION = "<reference>", "<confirmation>"


def receipt_bytes(accepted: Accepted, place: Place, confirmation: str) -> bytes:
    """Return the receipt as JSON."""
    second = accepted.received_at.replace(microsecond=0)
    before, between, after = _template(place, second, accepted.repeated)
    return b"".join((before, to_json(accepted.reference), between, to_json(confirmation), after))


@lru_cache(maxsize=64)
def _template(place: Place, second: datetime, repeated: bool) -> tuple[bytes, bytes, bytes]:
    """Return what stands around the reference and the address."""
    made = receipt(Accepted(REFERENCE, second, repeated), place, CONFIRMATION).model_dump_json().encode()
    before, _, rest = made.partition(to_json(REFERENCE))
    between, _, after = rest.partition(to_json(CONFIRMATION))
    return before, between, after


def receipt(accepted: Accepted, place: Place, confirmation: str) -> Receipt:
    """Return the receipt; `confirmation` is the address of the confirmation page."""
    told = place.tell(accepted.received_at)
    links = Links(confirmation=confirmation, phone=place.phone_link)
    received_at = _local(accepted.received_at, place)
    if told is None:
        return Receipt(
            reference=accepted.reference,
            received_at=received_at,
            open_now=False,
            next_opening=None,
            reply_by=None,
            message=say("We have received your enquiry and will contact you.", place.locale),
            links=links,
        )
    return Receipt(
        reference=accepted.reference,
        received_at=received_at,
        open_now=told.promise.open_now,
        next_opening=_local(told.promise.next_opening, place),
        reply_by=_local(told.promise.reply_by, place),
        # A repeated request may come a day later, when "today" is another day.
        message=mail_sentence(told.promise, locale=place.locale) if accepted.repeated else told.now,
        links=links,
    )


def _local(instant: datetime, place: Place) -> str:
    return instant.astimezone(place.schedule.timezone).isoformat(timespec="seconds")

"""The answers to an enquiry, as the description of the interface lists them."""

from itertools import groupby
from typing import Any

from clinic.facts import ClinicFacts
from intake.problem import KINDS, LINK_EXPIRED, NOT_FOUND, STAFF_LINK, Kind

# These answer other paths than the one for enquiries.
ELSEWHERE = (NOT_FOUND, LINK_EXPIRED, STAFF_LINK)
RECEIPT = {
    "reference": "CFGH3467",
    "received_at": "2026-11-24T10:03:04+00:00",
    "open_now": True,
    "next_opening": "2026-11-25T08:00:00+00:00",
    "reply_by": "2026-11-24T14:03:04+00:00",
    "message": "We're open now. We will contact you by 2:03pm today.",
    "links": {"confirmation": "/enquiries/…", "phone": "tel:01632960123"},
}


def responses(facts: ClinicFacts) -> dict[str, Any]:
    """Return every answer by its status."""
    kinds = sorted((kind for kind in KINDS if kind not in ELSEWHERE), key=lambda kind: kind.status)
    refusals = {str(status): _refusal(list(same)) for status, same in groupby(kinds, key=lambda kind: kind.status)}
    refusals["405"]["headers"] = {"Allow": {"schema": {"type": "string"}}}
    refusals["503"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "In seconds."}}
    refusals["503"]["description"] += f" The clinic's telephone number is {facts.phone}."
    return {
        "202": {
            "description": "Accepted and stored. Sent again under the same key: the same receipt.",
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/Receipt"}, "example": RECEIPT},
            },
        },
        "303": {
            "description": "Accepted and stored, from a browser's form: go to the confirmation page.",
            "headers": {"Location": {"schema": {"type": "string", "format": "uri-reference"}}},
        },
        **refusals,
    }


def _refusal(kinds: list[Kind]) -> dict[str, Any]:
    return {
        "description": " ".join(f"{kind.title}." for kind in kinds),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                "examples": {
                    kind.slug: {
                        "value": {
                            "type": f"/problems/{kind.slug}",
                            "title": kind.title,
                            "status": kind.status,
                            "detail": kind.cure,
                            "instance": "urn:uuid:00000000-0000-4000-8000-000000000000",
                            "errors": [],
                        }
                    }
                    for kind in kinds
                },
            },
            "text/html": {"schema": {"type": "string"}},
        },
    }

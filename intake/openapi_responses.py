"""The answers to an enquiry, as the description of the interface lists them."""

from itertools import groupby
from operator import attrgetter
from typing import Any

from clinic.facts import ClinicFacts
from intake.problem import LINK_EXPIRED, NOT_FOUND, PROBLEMS, Problem

STATUS = attrgetter("status")
# These answer other paths than the one for enquiries.
ELSEWHERE = (NOT_FOUND, LINK_EXPIRED)
RECEIPT = {
    "reference": "CFGH3467",
    "received_at": "2026-11-24T10:03:04+00:00",
    "open_now": True,
    "next_opening": "2026-11-25T08:00:00+00:00",
    "reply_by": "2026-11-24T14:03:04+00:00",
    "message": "We're open now. We will contact you by 2:03pm today.",
    "links": {"confirmation": "https://enquiries.example.com/en/enquiries/CFGH3467.…", "phone": "tel:01632960123"},
}


def responses(facts: ClinicFacts) -> dict[str, Any]:
    """Return every answer by its status."""
    problems = sorted((one for one in PROBLEMS if one not in ELSEWHERE and not one.of_staff), key=STATUS)
    refusals = {str(status): _refusal(list(same)) for status, same in groupby(problems, key=STATUS)}
    refusals["405"]["headers"] = {"Allow": {"schema": {"type": "string"}}}
    for status in ("429", "503"):
        refusals[status]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "In seconds."}}
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


def _refusal(problems: list[Problem]) -> dict[str, Any]:
    return {
        "description": " ".join(f"{problem.title}." for problem in problems),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/ProblemDocument"},
                "examples": {
                    problem.slug: {
                        "value": {
                            "type": f"/problems/{problem.slug}",
                            "title": problem.title,
                            "status": problem.status,
                            "detail": problem.cure,
                            "instance": "urn:uuid:00000000-0000-4000-8000-000000000000",
                            "errors": [],
                        }
                    }
                    for problem in problems
                },
            },
            "text/html": {"schema": {"type": "string"}},
        },
    }

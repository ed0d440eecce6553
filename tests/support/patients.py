"""What patients write: one enquiry for each number, as it is and as it is posted."""

import json

from clinic.enquiry import Enquiry


def enquiry(number: int = 0) -> Enquiry:
    """Return what patient so-and-so wrote."""
    return Enquiry(
        name=f"Patient {number}",
        email=f"patient-{number}@example.org",
        condition="sacro-iliac-joint-pain",
        message="My lower back hurts when I sit.",
    )


def body(number: int = 0) -> bytes:
    """Return the same as JSON, to be posted."""
    return json.dumps(enquiry(number).model_dump(exclude_defaults=True)).encode()

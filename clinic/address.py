"""Mail addresses: one grammar check for patients' and the clinic's own."""

from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator


def mailable(value: str) -> str:
    """Return the ASCII form of one address (IDNA for its domain), or raise ValueError.

    DNS is not asked: an answer that depends on the network would refuse patients whenever it fails. The reserved
    `.test` (RFC 2606) passes, so that a developer who tries the form sees the whole journey.
    """
    try:
        checked = validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise ValueError(f"not an email address: {error}") from None
    if checked.ascii_email is None:
        raise ValueError("the part before the @ needs plain letters: not every mail server takes others")
    return checked.ascii_email


Address = Annotated[str, AfterValidator(mailable)]

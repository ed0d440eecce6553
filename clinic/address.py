"""Mail addresses: one grammar check for patients' and the clinic's own, and which of them mean the same mailbox."""

import re
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator

ENCODED = re.compile(r"=\?.*\?=")


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
    if ENCODED.search(checked.ascii_email):
        raise ValueError("the part before the @ is what a mail would decode into another text (RFC 2047)")
    return checked.ascii_email


Address = Annotated[str, AfterValidator(mailable)]

# Where a machine reads, or nobody: an answer to it comes back, or starts a loop (RFC 3834 section 2, RFC 2142).
NO_PERSON = frozenset(
    {"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply", "do-not-reply", "bounce", "bounces", "abuse"}
)
SAME_DOMAIN = {"googlemail.com": "gmail.com"}


def mailbox(address: str) -> str:
    """Return what spellings of one mailbox have in common: no case, no "+tag", no dots before the @.

    Only to count by: where a provider does tell dots apart, two strangers share a limit and nothing else.
    """
    local_part, _, domain = address.lower().rpartition("@")
    plain = local_part.partition("+")[0].replace(".", "")
    return f"{plain or local_part}@{SAME_DOMAIN.get(domain, domain)}"


def is_no_person(address: str) -> bool:
    """Return whether an address is a machine's by its name."""
    return address.lower().rpartition("@")[0].partition("+")[0] in NO_PERSON

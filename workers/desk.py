"""The desk: where an enquiry can be read, for mails that do not show what is in it."""

from urllib.parse import urlsplit

from clinic.facts import ClinicFacts
from clinic.record import Record


def desk_of(record: Record, facts: ClinicFacts) -> str:
    """Return the page of an enquiry at the desk where mails hide it, which needs a desk; nothing where no link is."""
    if facts.alerts.detail == "full" or not record.link:
        return ""
    # The desk and the page that marks an enquiry are of one service.
    there = urlsplit(record.link)
    return f"{there.scheme}://{there.netloc}/desk/{record.reference}"

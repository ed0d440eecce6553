"""Categories: what is counted of attempts by cause and by time; closed lists, so that no label grows without end."""

# How long from when a mail was first due until it was sent, in ms; the last has no upper end.
BUCKETS_MS = (250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000)
BEYOND = "more"
# The steps of a conversation with the relay, the channels, and what stops an attempt on our side.
CATEGORIES = ("connect", "ehlo", "tls", "auth", "mail", "rcpt", "data", "dot", "channel", "template", "record", "late")
OTHER = "other"
# The first word of a cause, where it is not the category itself.
SYNONYMS = {"too": "late", "seal": "record", "facts": "record", "poison": "record"}


def category(cause: str) -> str:
    """Return the category of a cause: of "rcpt-550" it is "rcpt"."""
    first = cause.partition("-")[0]
    first = SYNONYMS.get(first, first)
    return first if first in CATEGORIES else OTHER


def bucket(took_ms: int) -> str:
    """Return the smallest bucket that a time fits into."""
    return next((str(limit) for limit in BUCKETS_MS if took_ms <= limit), BEYOND)

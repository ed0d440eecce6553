"""The store: where state is kept, in a Redis or Valkey whose every acknowledged write is on disk."""

from clinic.imports import without

# redis-py would measure itself with it, if asked; the traces of ours come in by their own door, and later.
with without("opentelemetry"):
    from clinic.store.connect import check_durability, connect
    from clinic.store.files import Files
    from clinic.store.gauges import Gauges
    from clinic.store.logins import Logins
    from clinic.store.presence import Presence
    from clinic.store.purging import Purging
    from clinic.store.rewriting import Rewriting
    from clinic.store.skew import check_skew
    from clinic.store.staff import Staff
    from clinic.store.store import Store
    from clinic.store.undelivered import Undelivered

__all__ = [
    "Files",
    "Gauges",
    "Logins",
    "Presence",
    "Purging",
    "Rewriting",
    "Staff",
    "Store",
    "Undelivered",
    "check_durability",
    "check_skew",
    "connect",
]

"""The names of everything kept in Redis, and what they hold."""

# enquiry:<reference>      string  the sealed record
# deliveries:<reference>   hash    <delivery name> -> "<state> <token> <attempts> <claims> <doubts> <cause>"
# digest:<reference>       list    the references of the enquiries on a digest, in the order in which they came
# facts:<edition>          string  one edition of the clinic facts, JSON
# idempotency:<blinded>    string  16 bytes of the body's digest, the reference, received_at in ms; expires
# acts:<reference>         list    what staff did with an enquiry, "<when, ms since 1970> <act> <who, sealed>"
# limit:<blinded>          list    when the last under a limit were counted, ms since 1970, the newest first; expires
LIMIT = "limit:"
ENQUIRY = "enquiry:"
ACTS = "acts:"
DELIVERIES = "deliveries:"
DIGEST = "digest:"
FACTS = "facts:"
IDEMPOTENCY = "idempotency:"

# sorted set: "<reference>/<delivery name>" by lane * LANE_MS + due time in ms since 1970
DIARY = "diary"
# sorted set: "<reference>/<delivery name>" of what failed or is in doubt, by when that was found, ms since 1970
ATTENTION = "attention"
# sorted set: "<reference>/<delivery name>" of what waits only because the relay can't be reached, by since when, ms
STRANDED = "stranded"
# string: there when a mail went out since stranded deliveries were last looked at
RELAY_ANSWERED = "relay-answered"
# string: when a stranded delivery was last tried out of its turn, ms since 1970
PROBED = "probed"
# sorted set: the references of enquiries that look like spam, by when they came, ms since 1970
QUARANTINED = "quarantined"
# sorted set: the references of enquiries that nobody has marked as contacted, by when a reply is due, ms since 1970
OPEN = "open"
# sorted set: the references of enquiries that somebody has marked as contacted, by when, ms since 1970
CONTACTED = "contacted"
# sorted set: the references of the last enquiries that were announced one by one, by when they came, ms since 1970
ANNOUNCED = "announced"
# sorted set: "<reference>/<delivery name>" of what was tried and is to be tried again, by when it first failed, ms
RETRYING = "retrying"
# sorted set: worker processes, by when each was last seen, ms since 1970
WORKERS = "workers"
# sorted set: intake processes, by when each was last there, ms since 1970
INTAKES = "intakes"
# hash: <worker process> -> "<deliveries it settled> <when it settled the last, ms since 1970>"
PROGRESS = "progress"
# errand:<name>            string  when an errand (the canary, the purge) was last due, ms since 1970
ERRAND = "errand:"
# string: there while what was erased, or was sealed anew, may still be in the append-only file as it was; "asked
# <mark>", then "begun <run_id of the server> <mark>" once that is being written anew
REWRITE = "rewrite"
# string: when the last canary came back, ms since 1970
CANARY_BACK = "canary-back"
# string: what a probe writes to see whether the server still takes writes; expires
PROBE = "probe"
# hash: counters since the store was made: "accepted", "quarantined", "flooded", what staff did, "<kind>.<state>",
# "<kind>.retried", "withheld.<cause>" (confirmations), "ended.<category>" (attempts), "<kind>.took" (ms in all) and
# "<kind>.within.<bucket>" (how many took so long and no longer, bucket in ms)
COUNTS = "counts"
# string: the process that dispatches; expires
DISPATCHER = "dispatcher"
# string: how it goes with logging in at the relay, "trying", or "refused" and then "again" for a try after it; expires
LOGIN = "login"
REFUSED = (b"refused", b"again")


def member(reference: str, name: str) -> str:
    """Return what stands in a sorted set for a delivery."""
    return f"{reference}/{name}"


def parts(member: str) -> tuple[str, str]:
    """Return the reference and the name of the delivery for which it stands."""
    reference, _, name = member.partition("/")
    return reference, name

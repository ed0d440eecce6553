"""A reading of a service of which all is well."""

from clinic.delivery import Lane
from clinic.store.reading import Reading, Server, Worker

WELL = Reading(
    at_ms=1_795_428_184_567,
    hints=0,
    standing={},
    oldest_ms=dict.fromkeys(Lane, 0),
    retrying_ms=0,
    stranded=0,
    stranded_ms=0,
    login_paused=False,
    dispatcher=True,
    workers=(Worker("one", 1000, 3, 2000),),
    intakes_ms=(1000,),
    canary_ms=3000,
    views={"open": 0, "overdue": 0, "contacted": 0, "quarantined": 0},
    counts={},
    server=Server("9.1.0", 1_000_000, 10_000_000, 1000, True, ()),
)

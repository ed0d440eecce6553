"""The door to prometheus_client: a reading of the store as metrics, with label sets that are closed."""

from collections.abc import Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)

from clinic.delivery import Kind, Lane, State
from clinic.store.categories import BEYOND, BUCKETS_MS, CATEGORIES, OTHER
from clinic.store.reading import STANDINGS, Reading

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MAILS = tuple(kind for kind in Kind if not kind.errand)
ENDS = (State.SENT, State.FAILED, State.IN_DOUBT)
ACTS = ("contacted", "noted", "reopened", "released", "resent", "erased", "replayed", "resolved", "purged")
# Why a confirmation was withheld; others are counted together.
WITHHELD = ("recipient-limit", "breaker", "quarantine")


def exposition(reading: Reading | None, version: str, alarms: Iterable[tuple[str, bool]]) -> bytes:
    """Return what a scraper is told; without a reading only that there is none.

    `alarms` leaves out those of which nothing is known: whoever is told of no sample takes it for neither.
    """
    families = list(_families(reading) if reading else ())
    up = GaugeMetricFamily("frontdesk_redis_up", "Whether the store could be read (1 or 0).")
    up.add_metric([], int(reading is not None))
    info = InfoMetricFamily("frontdesk_build", "What runs here.")
    info.add_metric([], {"version": version})
    raised = GaugeMetricFamily("frontdesk_alarm", "Whether an alarm is raised (1 or 0).", labels=["alarm"])
    for name, holds in alarms:
        raised.add_metric([name], int(holds))
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Once([up, info, raised, *families]))
    return generate_latest(registry)


class _Once:
    """A collector of families that are there already."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        """Return them."""
        return self._families


def _families(reading: Reading) -> Iterator[Metric]:
    yield from _standing(reading)
    yield from _counted(reading)
    yield from _workers(reading)
    yield from _server(reading)


def _standing(reading: Reading) -> Iterator[Metric]:
    yield _gauge("queue_messages", "Hints that wait for a worker.", reading.hints)
    family = GaugeMetricFamily(
        "frontdesk_deliveries", "Deliveries by kind and where they stand.", labels=["kind", "state"]
    )
    for kind in MAILS:
        for standing in STANDINGS:
            family.add_metric([kind.value, standing], reading.standing.get((kind, standing), 0))
    yield family
    family = GaugeMetricFamily("frontdesk_enquiries", "Enquiries as the desk lists them.", labels=["view"])
    for view, number in reading.views.items():
        family.add_metric([view], number)
    yield family
    yield _seconds("oldest_unsent", "How long the oldest delivery has been due and unsent.", reading.unsent_ms)
    family = GaugeMetricFamily(
        "frontdesk_oldest_due_seconds", "How long the oldest of a lane has been due.", labels=["lane"]
    )
    for lane in Lane:
        family.add_metric([lane.name.lower()], reading.oldest_ms[lane] / 1000)
    yield family
    yield _gauge("stranded_deliveries", "Deliveries that wait for the relay to be reachable.", reading.stranded)
    yield _seconds("relay_away", "How long the oldest of them waits.", reading.stranded_ms)
    yield _gauge(
        "login_paused", "Whether the relay refused the login, so that nobody tries (1 or 0).", reading.login_paused
    )


def _counted(reading: Reading) -> Iterator[Metric]:
    counts = reading.counts
    for name, told in (
        ("accepted", "Enquiries accepted."),
        ("quarantined", "Enquiries set aside because they look like spam."),
        ("flooded", "Enquiries announced by a list because many came at once."),
    ):
        yield CounterMetricFamily(f"frontdesk_enquiries_{name}", told, value=counts.get(name, 0))
    family = CounterMetricFamily("frontdesk_acts", "What staff did.", labels=["act"])
    for act in ACTS:
        family.add_metric([act], counts.get(act, 0))
    yield family
    family = CounterMetricFamily(
        "frontdesk_deliveries_ended", "Deliveries that came to an end.", labels=["kind", "state"]
    )
    retried = CounterMetricFamily(
        "frontdesk_deliveries_retried", "Attempts after which a delivery is due again.", labels=["kind"]
    )
    took = HistogramMetricFamily(
        "frontdesk_due_to_sent_seconds", "From when a mail was first due until it was sent.", labels=["kind"]
    )
    for kind in MAILS:
        for state in ENDS:
            family.add_metric([kind.value, state.value], counts.get(f"{kind}.{state}", 0))
        retried.add_metric([kind.value], counts.get(f"{kind}.retried", 0))
        took.add_metric([kind.value], *_histogram(counts, kind))
    yield from (family, retried, took)
    family = CounterMetricFamily("frontdesk_attempts_ended", "Attempts by where they ended.", labels=["category"])
    for category in (*CATEGORIES, OTHER):
        family.add_metric([category], counts.get(f"ended.{category}", 0))
    yield family
    yield _withheld(reading)


def _histogram(counts: Mapping[str, int], kind: Kind) -> tuple[list[tuple[str, float]], float]:
    """Return the buckets, each with all that fits into it, and the sum in seconds."""
    buckets: list[tuple[str, float]] = []
    total = 0.0
    for limit in BUCKETS_MS:
        total += counts.get(f"{kind}.within.{limit}", 0)
        buckets.append((f"{limit / 1000:g}", total))
    total += counts.get(f"{kind}.within.{BEYOND}", 0)
    return [*buckets, ("+Inf", total)], counts.get(f"{kind}.took", 0) / 1000


def _withheld(reading: Reading) -> Metric:
    family = CounterMetricFamily(
        "frontdesk_confirmations_withheld", "Confirmations that were not sent.", labels=["cause"]
    )
    found = dict.fromkeys((*WITHHELD, OTHER), 0)
    for name, number in reading.counts.items():
        if name.startswith("withheld."):
            cause = name.removeprefix("withheld.")
            known = next((one for one in WITHHELD if cause.startswith(one)), OTHER)
            found[known] += number
    for cause, number in found.items():
        family.add_metric([cause], number)
    return family


def _workers(reading: Reading) -> Iterator[Metric]:
    yield _gauge("intakes", "Intake processes that were there in the last 15 s.", reading.intakes_alive)
    yield _gauge("workers", "Worker processes that were seen in the last 15 s.", reading.workers_alive)
    if reading.settled_ms is not None:
        yield _seconds("last_settled", "How long ago a worker stored the end of an attempt.", reading.settled_ms)
    if reading.canary_ms is not None:
        yield _seconds("canary", "How long ago a canary came back through queue, worker and store.", reading.canary_ms)
    yield _gauge("dispatcher", "Whether a worker dispatches (1 or 0).", reading.dispatcher)


def _server(reading: Reading) -> Iterator[Metric]:
    server = reading.server
    yield _gauge("redis_durable", "Whether the server keeps what it acknowledges (1 or 0).", not server.faults)
    yield _gauge(
        "redis_rewrites", "Whether its file could be written anew the last time (1 or 0).", server.aof_rewrites
    )
    yield _gauge("redis_memory_bytes", "Memory that the server uses.", server.memory)
    yield _gauge("redis_memory_limit_bytes", "Memory it may use; 0 is no limit.", server.memory_limit)
    yield _gauge("redis_aof_bytes", "Size of its append-only file.", server.aof_size)


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(f"frontdesk_{name}", told, value=float(value))


def _seconds(name: str, told: str, ms: int) -> Metric:
    return _gauge(f"{name}_seconds", told, ms / 1000)

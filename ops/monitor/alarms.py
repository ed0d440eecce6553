"""Alarms: what ops must know within a minute, each a rule over one reading of the ledger."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clinic.store.gauges import Reading

# A worker beats every 5 s, a canary flies every 15 s, a relay is tried every 10 s.
UNSEEN_MS = 30_000
CANARY_LATE_MS = 45_000
AWAY_MS = 20_000
# The patient was promised an answer at once, reception an alert; greylisting alone takes 5 to 15 minutes.
LATE_MS = 20 * 60 * 1000
FULL = 0.85


@dataclass(frozen=True, slots=True)
class Alarm:
    """One rule: `of` returns what is wrong in one line, or nothing; docs/operations.md says what to do."""

    name: str
    of: Callable[[Reading], str]


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm that holds, and what is wrong."""

    name: str
    told: str


def _not_durable(reading: Reading) -> str:
    return "; ".join(reading.server.faults)


def _no_workers(reading: Reading) -> str:
    seen = min((worker.seen_ms for worker in reading.workers), default=None)
    if seen is None:
        return "no worker was ever seen"
    return f"the last worker was seen {seen // 1000} s ago" if seen > UNSEEN_MS else ""


def _not_consuming(reading: Reading) -> str:
    if reading.canary_ms is None:
        return "no canary ever came back"
    return f"no canary came back for {reading.canary_ms // 1000} s" if reading.canary_ms > CANARY_LATE_MS else ""


def _relay_away(reading: Reading) -> str:
    if reading.stranded_ms <= AWAY_MS:
        return ""
    return f"{reading.stranded} deliveries wait for the relay, the oldest for {reading.stranded_ms // 1000} s"


def _login_refused(reading: Reading) -> str:
    return "the relay does not let us in" if reading.login_paused else ""


def _mail_late(reading: Reading) -> str:
    late = reading.unsent_ms
    return f"the oldest delivery has been due and unsent for {late // 60_000} min" if late > LATE_MS else ""


def _mail_failed(reading: Reading) -> str:
    failed, doubtful = reading.count("failed"), reading.count("in_doubt")
    return f"{failed} deliveries failed, {doubtful} may or may not have arrived" if failed + doubtful else ""


def _memory_low(reading: Reading) -> str:
    server = reading.server
    if not server.memory_limit or server.memory < FULL * server.memory_limit:
        return ""
    return f"{server.memory * 100 // server.memory_limit} % of its memory is used"


STORE_AWAY = "StoreAway"
RULES = (
    Alarm("StoreNotDurable", _not_durable),
    Alarm("NoWorkers", _no_workers),
    Alarm("NotConsuming", _not_consuming),
    Alarm("RelayAway", _relay_away),
    Alarm("LoginRefused", _login_refused),
    Alarm("MailLate", _mail_late),
    Alarm("MailFailed", _mail_failed),
    Alarm("MemoryLow", _memory_low),
)
NAMES = (STORE_AWAY, *(rule.name for rule in RULES))


def raised(reading: Reading | None) -> Sequence[Raised]:
    """Return the alarms that hold; without a reading there is one."""
    if reading is None:
        return [Raised(STORE_AWAY, "the ledger can't be read")]
    return [Raised(rule.name, told) for rule in RULES if (told := rule.of(reading))]

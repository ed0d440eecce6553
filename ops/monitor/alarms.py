"""Alarms: what ops must know within a minute, each a rule over one reading of the store."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clinic.delivery import DeliveryName, Kind
from clinic.store.reading import Reading

# Workers and intakes beat every 5 s, a canary flies every 15 s, a relay is tried every 10 s.
UNSEEN_MS = 30_000
CANARY_LATE_MS = 45_000
# An attempt takes a minute at most, and whoever ended one says so within 5 s.
ATTEMPTED_MS = 90_000
AWAY_MS = 20_000
# The patient was promised an answer at once, reception an alert; greylisting alone takes 5 to 15 minutes.
LATE_MS = 20 * 60 * 1000
FULL = 0.85


@dataclass(frozen=True, slots=True)
class Alarm:
    """One rule: `of` returns what is wrong in one line, or nothing; `cure` is what to do first.

    What goes by what others tell the store is believed once the store has answered for `patience_ms`: while it was
    away nobody could tell it anything, and until then nothing is known. docs/operations.md says it at length.
    """

    name: str
    of: Callable[[Reading], str]
    cure: str
    patience_ms: int = 0


@dataclass(frozen=True, slots=True)
class Raised:
    """An alarm that holds, what is wrong, and what to do first."""

    name: str
    told: str
    cure: str


def _not_durable(reading: Reading) -> str:
    return "; ".join(reading.server.faults)


def _no_workers(reading: Reading) -> str:
    seen = min((worker.seen_ms for worker in reading.workers), default=None)
    if seen is None:
        return "no worker was ever seen"
    return f"the last worker was seen {seen // 1000} s ago" if seen > UNSEEN_MS else ""


def _no_intakes(reading: Reading) -> str:
    seen = min(reading.intakes_ms, default=None)
    if seen is None:
        return "no intake was ever there"
    return f"the last intake was there {seen // 1000} s ago" if seen > UNSEEN_MS else ""


def _in_front_of_it(reading: Reading) -> bool:
    """Return whether mails are under way in the canary's lane, and end: it waits behind them, which stops nobody."""
    lane = DeliveryName(Kind.CANARY).lane
    under_way = any(
        number and stands == "sending" and not kind.errand and DeliveryName(kind).lane is lane
        for (kind, stands), number in reading.standing.items()
    )
    return under_way and any(one.last_ms is not None and one.last_ms < ATTEMPTED_MS for one in reading.workers)


def _not_consuming(reading: Reading) -> str:
    if _in_front_of_it(reading):
        return ""
    if reading.canary_ms is None:
        return "no canary ever came back"
    return f"no canary came back for {reading.canary_ms // 1000} s" if reading.canary_ms > CANARY_LATE_MS else ""


def _relay_away(reading: Reading) -> str:
    if reading.stranded_ms <= AWAY_MS:
        return ""
    waits = "waits" if reading.stranded == 1 else "wait"
    oldest = reading.stranded_ms // 1000
    return f"{_deliveries(reading.stranded)} {waits} for a relay that can't be reached, the oldest for {oldest} s"


def _login_refused(reading: Reading) -> str:
    return "the relay does not let us in" if reading.login_paused else ""


def _mail_late(reading: Reading) -> str:
    late = reading.unsent_ms
    return f"the oldest delivery has been due and unsent for {late // 60_000} min" if late > LATE_MS else ""


def _mail_failed(reading: Reading) -> str:
    failed, doubtful = reading.count("failed"), reading.count("in_doubt")
    told = [f"{_deliveries(failed)} failed"] if failed else []
    return ", ".join(told + ([f"{_deliveries(doubtful)} may or may not have arrived"] if doubtful else []))


def _deliveries(number: int) -> str:
    return "1 delivery" if number == 1 else f"{number} deliveries"


def _rewrite_failed(reading: Reading) -> str:
    return "" if reading.server.aof_rewrites else "the append-only file could not be written anew, and grows"


def _memory_low(reading: Reading) -> str:
    server = reading.server
    if not server.memory_limit or server.memory < FULL * server.memory_limit:
        return ""
    return f"{server.memory * 100 // server.memory_limit} % of its memory is used"


STORE_AWAY = "StoreAway"
STORE_CURE = "Start Redis, and look at its log for a full disk; until then patients are asked to phone."
RULES = (
    Alarm(
        "StoreNotDurable",
        _not_durable,
        "Put the setting back in Redis's configuration, or free its disk; until then patients are asked to phone. "
        "If it came up empty, start it again with appendonly yes; CONFIG SET would wipe its file.",
    ),
    Alarm("NoIntakes", _no_intakes, "Start an intake: no enquiry is taken until one is there.", UNSEEN_MS),
    Alarm(
        "NoWorkers",
        _no_workers,
        "Start workers: enquiries are kept, and no mail goes out. Read their last log line.",
        UNSEEN_MS,
    ),
    Alarm(
        "NotConsuming",
        _not_consuming,
        "Restart the workers; then look at `frontdesk deliveries waiting`.",
        CANARY_LATE_MS,
    ),
    Alarm(
        "RelayAway", _relay_away, "Run `frontdesk check`: it says why the relay fails, and what to do. Nothing is lost."
    ),
    Alarm("LoginRefused", _login_refused, "Correct SMTP_URL and restart the workers."),
    Alarm("MailLate", _mail_late, "Look at the causes in `frontdesk deliveries waiting`."),
    Alarm(
        "MailFailed",
        _mail_failed,
        "Look at `frontdesk deliveries failed` and `in-doubt`, then `frontdesk replay` or `resolve`.",
    ),
    Alarm("RewriteFailed", _rewrite_failed, "Look at Redis's log: most often its disk is full."),
    Alarm("MemoryLow", _memory_low, "Raise maxmemory, or shorten RETENTION_DAYS: when it is full no enquiry is taken."),
)
NAMES = (STORE_AWAY, *(rule.name for rule in RULES))


def raised(reading: Reading | None, uptime_ms: float = math.inf) -> Sequence[Raised]:
    """Return the alarms that hold; without a reading there is one. `uptime_ms` is how long the store has answered."""
    if reading is None:
        return [Raised(STORE_AWAY, "the store can't be read: Redis does not answer", STORE_CURE)]
    believed = (rule for rule in RULES if uptime_ms >= rule.patience_ms)
    return [Raised(rule.name, told, rule.cure) for rule in believed if (told := rule.of(reading))]


def unknown(reading: Reading | None, uptime_ms: float = math.inf) -> Sequence[str]:
    """Return the alarms of which nobody can say whether they hold: they have neither come nor gone."""
    if reading is None:
        return [rule.name for rule in RULES]
    return [rule.name for rule in RULES if uptime_ms < rule.patience_ms and rule.of(reading)]

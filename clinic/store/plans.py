"""Plans as accept.lua reads them."""

import json
from collections.abc import Iterable

from clinic.delivery import DeliveryName
from clinic.digest import FLOOD_EVERY, FLOOD_WINDOW, LISTED_AT_MOST
from clinic.store.lanes import start_of
from clinic.store.words import Plan


def packed(plan: Plan) -> bytes:
    """Return a plan as JSON: it is packed once for all that come in the same second, and read once a call."""
    told: dict[str, object] = {
        "facts": plan.facts,
        "reply_by": plan.reply_by_ms,
        "quarantined": plan.quarantined,
        "listed": LISTED_AT_MOST,
        "deliveries": [
            (str(one.name), one.state, start_of(one.name.lane), one.due_ms or 0, one.cause, one.name.kind.announces)
            for one in plan.deliveries
        ],
    }
    if plan.digest:
        digest = plan.digest
        told["digest"] = {"name": digest.reference, "due": digest.due_ms, "deliveries": _lanes(digest.deliveries)}
    if plan.flood.at_most:
        told["flood"] = {
            "most": plan.flood.at_most,
            "within": round(FLOOD_WINDOW.total_seconds() * 1000),
            "every": round(FLOOD_EVERY.total_seconds() * 1000),
            "deliveries": _lanes(plan.flood.deliveries),
        }
    return json.dumps(told, separators=(",", ":")).encode()


def _lanes(names: Iterable[DeliveryName]) -> list[tuple[str, int]]:
    return [(str(name), start_of(name.lane)) for name in names]

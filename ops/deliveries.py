"""Deliveries on the command line: what failed, what waits, and the way on for each."""

import re
from collections.abc import Sequence

from rich.console import Group
from rich.table import Table

from clinic.acts import Acts
from clinic.delivery import DeliveryName
from clinic.errors import ConfigurationError
from clinic.reference import parse_reference, spaced
from clinic.seal import Seal
from clinic.settings import Settings
from clinic.store import Gauges, Staff, Undelivered, connect
from clinic.store.undelivered import Unsent
from ops.monitor.summary import ago

SHOWN_AT_MOST = 200
# When a mail was asked for anew, behind the word for it: "resent.1795435200000:rcpt-451".
ASKED = re.compile(r"\.\d+")
# What failed and what is in doubt stand in one list: it is told apart, and counted, where all of it is read.
ALL = 1_000_000
VIEWS = ("failed", "in-doubt", "waiting")


async def deliveries_tables(redis_url: str, view: str) -> Group:
    """Return what stands in a view, with its cause and its age; raise ConfigurationError, or StoreUnavailable.

    What is due and unsent stands apart from what is held until its time, which is nobody's worry.
    """
    if view not in VIEWS:
        raise ConfigurationError([f"{view!r} is no view: choose one of {', '.join(VIEWS)}"])
    async with connect(redis_url) as redis:
        reading, undelivered = await Gauges(redis).read(), Undelivered(redis)
        rows = await (undelivered.waiting(SHOWN_AT_MOST) if view == "waiting" else undelivered.failed(ALL))
    if view != "waiting":
        wanted = [row for row in rows if row.stands == view.replace("-", "_") and not row.name.kind.errand]
        return Group(_table(f"{len(wanted)} {view}", wanted[:SHOWN_AT_MOST], reading.at_ms))
    due, held = reading.count("due") + reading.count("sending"), reading.count("held")
    return Group(
        _table(f"{due} due and unsent", [row for row in rows if row.stands != "held"], reading.at_ms),
        _table(f"{held} held until their time", [row for row in rows if row.stands == "held"], reading.at_ms),
    )


def _table(title: str, rows: Sequence[Unsent], now: int) -> Table:
    table = Table("reference", "delivery", "state", "cause", "when", title=title)
    for reference, name, state, cause, at_ms in rows:
        when = f"in {ago(at_ms - now)}" if at_ms > now else f"{ago(now - at_ms)} ago"
        again = "again " if at_ms > now and state == "due" else ""
        table.add_row(shown(reference), str(name), state, ASKED.sub("", cause), again + when)
    return table


def shown(reference: str) -> str:
    """Return a reference as people read it; the name of a digest stays as it is."""
    return spaced(reference) if parse_reference(reference) else reference


async def failed_of(settings: Settings, text: str) -> list[tuple[str, DeliveryName, str]]:
    """Return the deliveries that failed or are in doubt, of one enquiry or of "all": reference, name, cause.

    Raises ConfigurationError for what is no reference of such a one, or StoreUnavailable.
    """
    async with connect(settings.redis_url.get_secret_value()) as redis:
        rows = await Undelivered(redis).failed(ALL)
    wanted = parse_reference(text) or text
    found = [(reference, name, cause) for reference, name, _, cause, _ in rows if text == "all" or reference == wanted]
    if not found:
        raise ConfigurationError([f"nothing of {text} is to be seen to: look at `frontdesk deliveries failed`"])
    return found


async def see_to(settings: Settings, found: list[tuple[str, DeliveryName, str]], act: str, by: str) -> tuple[int, int]:
    """Replay or resolve deliveries, and return how many that were; raise StoreUnavailable.

    And how many are not replayed but off the list: they chase patients who have been contacted.
    """
    async with connect(settings.redis_url.get_secret_value()) as redis:
        acts = Acts(Staff(redis), Seal(settings.secrets))
        verb = acts.replay if act == "replay" else acts.resolve
        went = [await verb(reference, name, by) for reference, name, _ in found]
    return went.count(True), went.count(False) if act == "replay" else 0

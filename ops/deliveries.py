"""Deliveries on the command line: what failed, what waits, and the way on for each."""

from collections.abc import Callable

from rich.table import Table

from clinic.acts import Acts
from clinic.delivery import DeliveryName
from clinic.errors import ConfigurationError
from clinic.reference import parse_reference, spaced
from clinic.seal import Seal
from clinic.settings import Settings
from clinic.store import Gauges, Staff, connect
from ops.monitor.summary import ago

SHOWN_AT_MOST = 200
VIEWS = ("failed", "in-doubt", "waiting")


async def deliveries_table(redis_url: str, view: str) -> Table:
    """Return what stands in a view, with its cause and its age; raise ConfigurationError, or StoreUnavailable."""
    if view not in VIEWS:
        raise ConfigurationError([f"{view!r} is no view: choose one of {', '.join(VIEWS)}"])
    redis = connect(redis_url)
    gauges = Gauges(redis)
    try:
        now = (await gauges.read()).at_ms
        rows = await (gauges.waiting(SHOWN_AT_MOST) if view == "waiting" else gauges.failed(SHOWN_AT_MOST))
    finally:
        await redis.aclose()
    rows = [row for row in rows if not row[1].kind.errand]
    wanted = [row for row in rows if view == "waiting" or row[2] == view.replace("-", "_")]
    table = Table("reference", "delivery", "state", "cause", "when", title=f"{len(wanted)} {view}")
    for reference, name, state, cause, at_ms in wanted:
        when = f"in {ago(at_ms - now)}" if at_ms > now else f"{ago(now - at_ms)} ago"
        table.add_row(shown(reference), str(name), state, cause, when)
    return table


def shown(reference: str) -> str:
    """Return a reference as people read it; the name of a digest stays as it is."""
    return spaced(reference) if parse_reference(reference) else reference


async def failed_of(settings: Settings, text: str) -> list[tuple[str, DeliveryName, str]]:
    """Return the deliveries that failed or are in doubt, of one enquiry or of "all": reference, name, cause.

    Raises ConfigurationError for what is no reference of such a one, or StoreUnavailable.
    """
    redis = connect(settings.redis_url.get_secret_value())
    try:
        rows = await Gauges(redis).failed(1_000_000)
    finally:
        await redis.aclose()
    wanted = parse_reference(text) or text
    found = [(reference, name, cause) for reference, name, _, cause, _ in rows if text == "all" or reference == wanted]
    if not found:
        raise ConfigurationError([f"nothing of {text} failed or is in doubt: look at `frontdesk deliveries failed`"])
    return found


async def see_to(settings: Settings, found: list[tuple[str, DeliveryName, str]], act: str, by: str) -> int:
    """Replay or resolve deliveries, and return how many that were; raise StoreUnavailable."""
    redis = connect(settings.redis_url.get_secret_value())
    acts = Acts(Staff(redis), Seal(settings.secrets))
    verb: Callable[..., object] = {"replay": acts.replay, "resolve": acts.resolve}[act]
    try:
        return sum([bool(await verb(reference, name, by)) for reference, name, _ in found])  # type: ignore[misc]  # both
    finally:
        await redis.aclose()

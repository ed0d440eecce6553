"""The page of the monitor: what `frontdesk status` shows, for a browser that stays open."""

from collections.abc import Sequence
from pathlib import Path

from clinic.clock import instant
from clinic.store.reading import Reading
from clinic.templates import pages
from ops.monitor.alarms import Raised
from ops.monitor.summary import summary

PAGES = pages(Path(__file__).with_name("pages"))


def page(reading: Reading | None, alarms: Sequence[Raised], unknown: Sequence[str] = ()) -> str:
    """Return the page as HTML; it loads itself again every five seconds, without a script."""
    well = "Not all is known yet" if unknown else "All is well"
    return PAGES.get_template("page.html").render(
        title=well if not alarms else f"{len(alarms)} alarms" if len(alarms) > 1 else "1 alarm",
        read=f"{instant(reading.at_ms):%A %d %B, %H:%M:%S} UTC" if reading else "Redis does not answer",
        alarms=alarms,
        unknown=unknown,
        tables=summary(reading) if reading else (),
    )

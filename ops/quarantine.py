"""The quarantine, for staff: what was set aside, and the way back for what was a patient's after all."""

from rich.table import Table

from clinic.acts import Acts
from clinic.clock import instant
from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.hours import day_and_time
from clinic.reference import spaced
from clinic.seal import Seal
from clinic.settings import Settings
from clinic.store import Staff, connect
from ops.reference import typed_reference

SHOWN_AT_MOST = 200


async def quarantine_table(redis_url: str, facts: ClinicFacts) -> Table:
    """Return what was set aside last, and how much is in all; raise StoreUnavailable."""
    async with connect(redis_url) as redis:
        found, in_all = await Staff(redis).quarantined(SHOWN_AT_MOST)
    table = Table("reference", "came in", title=f"{in_all} set aside")
    zone = facts.schedule().timezone
    for reference, ms in found:
        table.add_row(spaced(reference), day_and_time(instant(ms), zone))
    return table


async def release(settings: Settings, text: str, by: str) -> str:
    """Send what was held back for one enquiry, and say so; raise ConfigurationError, or StoreUnavailable."""
    reference = typed_reference(text)
    async with connect(settings.redis_url.get_secret_value()) as redis:
        released = await Acts(Staff(redis), Seal(settings.secrets)).release(reference, by)
    if not released:
        raise ConfigurationError([f"{spaced(reference)} is not set aside: look at `frontdesk quarantine`"])
    return f"{spaced(reference)} is on its way to the patient and to reception."

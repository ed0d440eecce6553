"""Unfit: the settings that can be read and that no intake starts on, for it to say so, and for whoever asks before."""

from clinic.errors import ConfigurationError
from clinic.facts import ClinicFacts
from clinic.settings import Settings
from intake.rates import windows

COUNTED = (
    *("limit_logins", "limit_per_address", "limit_per_network"),
    *("limit_quarantined", "limit_per_recipient", "limit_confirmations"),
)


def limits(settings: Settings) -> dict[str, str]:
    """Return the limits that are set, by their names."""
    return {name: str(getattr(settings, name)) for name in COUNTED}


def unfit(settings: Settings, facts: ClinicFacts | None) -> list[str]:
    """Return a line for each fault; without the clinic facts, of the rest."""
    faults: list[str] = []
    for name, limit in limits(settings).items():
        try:
            windows(name, limit)
        except ConfigurationError as error:
            faults += error.faults
    if facts and facts.alerts.detail == "link" and not settings.has_desk:
        # Nobody could read what patients write.
        faults.append('alerts.detail: "link" needs the desk: set DESK_USERS or DESK_USER_HEADER')
    return faults

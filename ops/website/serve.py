"""Serving the demo's website until told to stop."""

import asyncio

from clinic.clock import WallClock
from clinic.facts import ClinicFacts
from ops.ports import bound
from ops.web import Web
from ops.website.pages import website


def serve(host: str, port: int, facts: ClinicFacts, intake: str) -> None:
    """Serve; raise ConfigurationError when the port is taken."""
    with bound(host, port, "--website-port") as listener:
        asyncio.run(Web(website(facts, WallClock(), intake)).serve([listener]))

"""Serving the demo's website until told to stop."""

import uvicorn

from clinic.clock import WallClock
from clinic.facts import ClinicFacts
from ops.ports import bound
from ops.website.pages import website

STOP_SECONDS = 3


def serve(host: str, port: int, facts: ClinicFacts, intake: str) -> None:
    """Serve; raise ConfigurationError when the port is taken."""
    with bound(host, port, "--website-port") as listener:
        app = website(facts, WallClock(), intake)
        config = uvicorn.Config(
            app, lifespan="off", access_log=False, log_level="warning", timeout_graceful_shutdown=STOP_SECONDS
        )
        uvicorn.Server(config).run([listener])

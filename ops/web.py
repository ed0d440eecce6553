"""A uvicorn for what ops serves: a signal to stop is no failure."""

from contextlib import AbstractContextManager

import uvicorn
from starlette.types import ASGIApp

from clinic.signals import stopping

STOP_SECONDS = 3


class Web(uvicorn.Server):
    """Uvicorn that serves until SIGINT or SIGTERM."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ws="none",
                lifespan="off",
                access_log=False,
                server_header=False,
                log_level="warning",
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # uvicorn's is a generator
        """Stop on a signal."""
        return stopping(self.handle_exit)

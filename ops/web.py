"""A uvicorn for processes that do more than serve: signals are theirs, and only they decide when it stops."""

import contextlib
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

STOP_SECONDS = 3


class Web(uvicorn.Server):
    """Uvicorn without its own signal handlers, which would end the process by the signal, and only its own half."""

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

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to others."""
        yield

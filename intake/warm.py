"""Warming up: the application is asked once by ourselves, so that few patients wait for what is done only once.

It listens meanwhile: who comes in time is answered a little later, and was refused when this came first.
"""

import asyncio

from starlette.types import ASGIApp, Message

from clinic.logs import logger
from intake.languages import PREFIXES

# What the first visitor would pay for: bank holidays and the year's hours, the templates, the description of the
# interface; a fifth of a second in all. The hours come first, for every enquiry needs them.
PATHS = ("/opening-hours", "/problems/invalid", *(prefix or "/" for prefix in PREFIXES), "/embed.js", "/docs")
# Whoever came while one was asked for is answered before the next.
PAUSE_SECONDS = 0.01


async def warm_up(app: ASGIApp) -> None:
    """Ask for some pages and look at no answer; a fault is a line in the log, for visitors may still be served."""
    for path in PATHS:
        await asyncio.sleep(PAUSE_SECONDS)
        try:
            await _ask(app, path)
        except Exception:  # noqa: BLE001  # whatever it is, who asks for the page is told
            logger().error("warm_up_failed", path=path, exc_info=True)


async def _ask(app: ASGIApp, path: str) -> None:
    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        pass

    await app(
        {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": [(b"host", b"localhost")],
            "client": None,
            "server": None,
        },
        receive,
        send,
    )

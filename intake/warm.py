"""Warming up: the application is asked once before it is ready, so that no patient waits for what is done only once."""

from starlette.types import ASGIApp, Message

# What the first visitor would pay for: templates, bank holidays and the year's hours, a third of a second in all.
PATHS = ("/", "/problems/invalid")


async def warm_up(app: ASGIApp) -> None:
    """Ask for some pages and look at no answer."""

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        pass

    for path in PATHS:
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

"""The limit of the intake: the same server, answering a constant 202 to whatever comes."""

import asyncio
import sys

import uvloop
from starlette.types import Receive, Scope, Send

from intake.serve import Server, listen

ANSWER = b'{"reference":"CFGH 3467"}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", str(len(ANSWER)).encode())]


async def constant(_scope: Scope, receive: Receive, send: Send) -> None:
    """Take the body and answer."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 202, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(Server(constant).serve([listen("127.0.0.1", int(sys.argv[1]))]))

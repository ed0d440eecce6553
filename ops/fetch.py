"""Plain HTTP to a part of ours on this machine: past every proxy that the environment names."""

import asyncio
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """An HTTP answer."""

    status: int
    body: bytes

    def json(self) -> Any:  # noqa: ANN401 - JSON is anything
        """Return what the body says in JSON; raise ValueError when it says nothing."""
        return json.loads(self.body)


async def fetch(address: tuple[str, int], method: str, path: str, document: Mapping[str, Any] | None = None) -> Fetched:
    """Send one request, with a JSON document if given; raise OSError when nobody answers within 10 s."""
    return await asyncio.to_thread(_fetch, address, method, path, document)


def _fetch(address: tuple[str, int], method: str, path: str, document: Mapping[str, Any] | None) -> Fetched:
    connection = http.client.HTTPConnection(*address, timeout=SECONDS)
    try:
        body = None if document is None else json.dumps(document)
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        response = connection.getresponse()
        return Fetched(response.status, response.read())
    except http.client.HTTPException as error:
        raise OSError(f"{method} {path}: not an HTTP answer: {error!r}") from error
    finally:
        connection.close()

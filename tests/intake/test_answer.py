"""Every answer of ours is safe to show, is kept no longer than it should be, and asks for nothing elsewhere."""

import re
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from tests.intake.stand_ins import ENQUIRY

Ask = Callable[[httpx.AsyncClient], Coroutine[Any, Any, httpx.Response]]
ASKED: dict[str, Ask] = {
    "form": lambda client: client.get("/"),
    "health": lambda client: client.get("/healthz"),
    "description": lambda client: client.get("/openapi.json"),
    "nowhere": lambda client: client.get("/nowhere"),
    "accepted": lambda client: client.post("/enquiries", json=ENQUIRY),
    "accepted form": lambda client: client.post("/enquiries", data=ENQUIRY),
    "refused": lambda client: client.post("/enquiries", json={}),
    "refused form": lambda client: client.post("/enquiries", data={"name": "Jo"}),
    "wrong method": lambda client: client.delete("/"),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
async def test_every_answer_bears_the_safe_headers(client: httpx.AsyncClient, ask: Ask) -> None:
    headers = (await ask(client)).headers
    policy = headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    # The empty form alone says nothing of anybody.
    assert headers["cache-control"] == ("private, no-cache" if ask is ASKED["form"] else "no-store")
    assert "set-cookie" not in headers
    assert "server" not in headers


async def test_assets_are_kept_under_a_name_of_their_content(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    for path, media in ((r"/static/site\.\w{12}\.css", "text/css"), (r"/static/icon\.\w{12}\.svg", "image/svg+xml")):
        found = re.search(path, page)
        assert found
        asset = await client.get(found[0])
        assert asset.status_code == 200
        assert asset.headers["content-type"].startswith(media)
        assert "immutable" in asset.headers["cache-control"]


async def test_pages_ask_for_nothing_elsewhere(client: httpx.AsyncClient) -> None:
    page = (await client.get("/")).text
    assert re.findall(r'(?:src|href)="(https?:[^"]+)"', page) == [
        "https://www.purephysiotherapy.example",
        "https://www.purephysiotherapy.example/privacy",
        "https://www.purephysiotherapy.example/privacy",
    ]
    assert not re.search(r"<(?:script(?! type=.application/ld\+json.>)|img|iframe|style)|style=|url\(", page)

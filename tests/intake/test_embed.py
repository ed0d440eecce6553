"""The form in a website: in a frame for the clinic's own websites, and for their scripts; for nobody else."""

import re
from pathlib import Path

import httpx
import pytest

from tests.intake.stand_ins import ENQUIRY, ListAcceptance

WEBSITE = "https://www.purephysiotherapy.example"
STATIC = Path(__file__).parents[2] / "intake" / "static"
BROWSER = {"Accept": "text/html"}


def ancestors(answer: httpx.Response) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", answer.headers["content-security-policy"])
    assert found
    return found[1]


async def test_every_page_of_the_frame_may_be_framed_by_the_website_and_no_other_page_may(
    client: httpx.AsyncClient,
) -> None:
    framed = ENQUIRY | {"view": "frame"}
    sent = await client.post("/enquiries", data=framed, headers=BROWSER)
    for answer in (
        await client.get("/embed"),
        await client.get("/embed/neck-pain"),
        await client.get(sent.headers["location"]),
        await client.post("/enquiries", data=framed | {"email": "x"}, headers=BROWSER),
    ):
        assert ancestors(answer) == WEBSITE
        assert "<footer>" not in answer.text
        assert "script-src 'self'" in answer.headers["content-security-policy"]
    alone = await client.post("/enquiries", data=ENQUIRY, headers=BROWSER)
    for path in ("/", "/enquiry/neck-pain", alone.headers["location"], "/nowhere"):
        assert ancestors(await client.get(path)) == "'none'"


async def test_what_goes_wrong_in_the_frame_is_told_in_it(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    in_frame = BROWSER | {"Sec-Fetch-Dest": "iframe"}
    acceptance.fault = RuntimeError("ours")
    for status, answer in (
        (404, await client.get("/embed/enquiries/expired", headers=in_frame)),
        (413, await client.post("/enquiries", data=ENQUIRY | {"message": "x" * 40_000}, headers=in_frame)),
        (500, await client.post("/enquiries", data=ENQUIRY, headers=in_frame)),
    ):
        assert (answer.status_code, ancestors(answer)) == (status, WEBSITE)
        assert "01632 960123" in answer.text
        assert "<footer>" not in answer.text


async def test_the_address_of_a_form_that_came_back_leads_to_the_form_of_the_frame(client: httpx.AsyncClient) -> None:
    answer = await client.get("/enquiries", headers=BROWSER | {"Sec-Fetch-Dest": "iframe"})
    assert ancestors(await client.get(answer.headers["location"])) == WEBSITE


async def test_a_form_that_comes_back_stays_in_its_frame(client: httpx.AsyncClient) -> None:
    answer = await client.post("/enquiries", data={"view": "frame", "email": "x"}, headers=BROWSER)
    assert '<input type="hidden" name="view" value="frame">' in answer.text


async def test_the_script_is_small_depends_on_nothing_and_may_change(client: httpx.AsyncClient) -> None:
    answer = await client.get("/embed.js")
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert len(answer.content) < 10_000
    assert not re.search(r"import|require|fetch|eval|innerHTML|cookie|localStorage", answer.text)


async def test_a_condition_that_is_none_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await client.get("/embed/nowhere")).status_code == 404


async def test_a_script_of_the_website_may_ask_send_and_read(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    asking = {"Origin": WEBSITE, "Access-Control-Request-Method": "POST"}
    before = await client.options("/enquiries", headers=asking)
    assert before.status_code == 204
    assert before.headers["access-control-allow-origin"] == WEBSITE
    assert before.headers["access-control-allow-headers"] == "content-type, idempotency-key"
    assert "access-control-allow-credentials" not in before.headers
    for body, status in ((ENQUIRY, 202), ({}, 422)):
        answer = await client.post("/enquiries", json=body, headers={"Origin": WEBSITE})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, WEBSITE)
        assert answer.headers["vary"] == "origin"
    assert len(acceptance.kept) == 1


@pytest.mark.parametrize("origin", ["https://evil.test", "null", WEBSITE + ".evil.test", WEBSITE + ":444"])
async def test_a_script_of_a_stranger_may_not_even_ask(client: httpx.AsyncClient, origin: str) -> None:
    answer = await client.options("/enquiries", headers={"Origin": origin, "Access-Control-Request-Method": "POST"})
    assert answer.status_code == 405
    assert "access-control-allow-origin" not in answer.headers

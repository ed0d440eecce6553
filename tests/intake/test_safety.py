"""Whom to call sooner: every page says it, as the nation of the clinic has it."""

import re
from typing import cast

import httpx
import pytest

from clinic.acceptance import Acceptance
from clinic.facts import ClinicFacts, Site
from intake.app import create_app
from tests.intake.stand_ins import ENQUIRY, SECRETS, ListAcceptance, ListMarks, ListRates
from tests.support.clock import SetClock

BROWSER = {"Accept": "text/html"}
NHS_111 = "For urgent medical advice at any hour, call NHS 111."
GIG_111 = "I gael cyngor meddygol brys ar unrhyw awr, ffoniwch GIG 111."
GP = "For urgent medical advice when we are closed, call your local GP out of hours service."


def served(facts: ClinicFacts) -> httpx.AsyncClient:
    clock = SetClock()
    app = create_app(facts, cast(Acceptance, ListAcceptance(clock)), clock, SECRETS, ListRates(), ListMarks(clock))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake.test", headers=BROWSER)


def words(answer: httpx.Response) -> str:
    return re.sub(r"<[^>]+>", "", answer.text)


@pytest.mark.parametrize(
    ("nation", "english", "welsh", "dialled"),
    [
        *((nation, NHS_111, GIG_111, ["999", "111"]) for nation in ("england", "wales", "none")),
        (
            "scotland",
            "For urgent medical advice at any hour, call NHS 24 on 111.",
            "I gael cyngor meddygol brys ar unrhyw awr, ffoniwch NHS 24 ar 111.",
            ["999", "111"],
        ),
        (
            "northern-ireland",
            GP,
            "brys pan fyddwn ar gau, ffoniwch eich gwasanaeth meddyg teulu lleol y tu allan i oriau.",
            ["999"],
        ),
    ],
)
async def test_urgent_advice_on_every_page_is_that_of_the_nation(
    facts: ClinicFacts, nation: str, english: str, welsh: str, dialled: list[str]
) -> None:
    async with served(facts.model_copy(update={"bank_holidays": nation})) as client:
        confirmation = (await client.post("/enquiries", data=ENQUIRY)).headers["location"].removeprefix("/en")
        for path in ("", "/enquiry/neck-pain", "/embed", confirmation, "/nowhere"):
            answer = await client.get("/en" + path)
            assert english in words(answer)
            assert re.findall(r'href="tel:(\d{3})"', answer.text) == dialled
            assert welsh in words(await client.get("/cy" + path))


async def test_the_confirmation_page_of_a_site_speaks_of_the_nation_of_the_site(facts: ClinicFacts) -> None:
    site = Site(slug="belfast", name="Belfast", bank_holidays="northern-ireland")
    async with served(facts.model_copy(update={"site": (site,)})) as client:
        sent = await client.post("/enquiries", data=ENQUIRY | {"site": "belfast"})
        assert GP in words(await client.get(sent.headers["location"]))
        assert NHS_111 in words(await client.get("/"))

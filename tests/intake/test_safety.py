"""Whom to call sooner: every page says it, as the nation of the clinic has it."""

import re
from html import unescape
from typing import cast

import httpx
import pytest

from clinic.acceptance import Acceptance
from clinic.delivery import DeliveryName, Kind
from clinic.enquiry import Enquiry
from clinic.facts import ClinicFacts, Site
from clinic.record import Record
from intake.app import create_app
from tests.intake.stand_ins import ENQUIRY, MONDAY_MORNING, SECRETS, ListAcceptance, ListMarks, ListRates
from tests.support.clock import SetClock
from workers.mails import compose

BROWSER = {"Accept": "text/html"}
NHS_111 = "For urgent medical advice at any hour, call NHS 111."
GIG_111 = "I gael cyngor meddygol brys ar unrhyw awr, ffoniwch GIG 111."
GP = "For urgent medical advice, call your GP, or your local GP out of hours service when the surgery is closed."


def served(facts: ClinicFacts) -> httpx.AsyncClient:
    clock = SetClock()
    app = create_app(facts, cast(Acceptance, ListAcceptance(clock)), clock, SECRETS, ListRates(), ListMarks(clock))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake.test", headers=BROWSER)


def words(answer: httpx.Response) -> str:
    return unescape(re.sub(r"<[^>]+>", "", answer.text))


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
            "neu'ch gwasanaeth meddyg teulu lleol y tu allan i oriau pan fydd y feddygfa ar gau.",
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


@pytest.mark.parametrize("nation", ["england", "wales", "scotland", "northern-ireland", "none"])
@pytest.mark.parametrize("locale", ["en", "cy"])
async def test_the_confirmation_mail_says_it_in_the_words_of_the_page(
    facts: ClinicFacts, nation: str, locale: str
) -> None:
    there = facts.model_copy(update={"bank_holidays": nation, "languages": ("en", "cy")})
    async with served(there) as client:
        page = (await client.get(f"/{locale}")).text
    advice = unescape(re.sub(r"<[^>]+>", "", re.findall(r"<p>(.*)</p>\n</aside>", page)[0]))
    enquiry = Enquiry.model_validate(ENQUIRY | {"locale": locale})
    record = Record(reference="CFGH3467", received_at=MONDAY_MORNING, facts=there.edition(), enquiry=enquiry)
    mail = compose(DeliveryName(Kind.CONFIRMATION), record, there)
    assert f"\n{advice}\n" in mail.text
    assert advice in unescape(re.sub(r"<[^>]+>", "", mail.html or ""))

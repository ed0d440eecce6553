"""Pages speak the language that is asked for, and what is sent from one keeps it."""

import re
from typing import cast

import httpx
import pytest

from clinic.acceptance import Acceptance, IdempotencyConflict
from clinic.errors import StoreUnavailable
from clinic.facts import ClinicFacts, RedFlags
from clinic.hours import Closure
from intake.app import create_app
from tests.intake.stand_ins import ENQUIRY, SECRETS, SUNDAY, ListAcceptance, ListMarks, ListRates
from tests.support.clock import SetClock

BROWSER = {"Accept": "text/html"}
WELSH = {**BROWSER, "Accept-Language": "cy-GB,cy;q=0.9,en;q=0.5"}
ENGLISH_PAGE, WELSH_PAGE = '<html lang="en-GB">', '<html lang="cy">'


def served(facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock) -> httpx.AsyncClient:
    app = create_app(facts, cast(Acceptance, acceptance), clock, SECRETS, ListRates(), ListMarks(clock))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake.test")


@pytest.mark.parametrize(
    ("path", "asked", "page"),
    [
        ("/", "", ENGLISH_PAGE),
        ("/", "fr, de;q=0.5", ENGLISH_PAGE),
        ("/", "en-GB,en;q=0.9,cy;q=0.8", ENGLISH_PAGE),
        ("/", "cy", WELSH_PAGE),
        ("/", "en;q=0.2, cy-GB;q=0.7", WELSH_PAGE),
        ("/", "cy;q=0, en", ENGLISH_PAGE),
        ("/", "cy;q=much", ENGLISH_PAGE),
        ("/enquiry/neck-pain", "cy", WELSH_PAGE),
        ("/en", "cy", ENGLISH_PAGE),
        ("/en/enquiry/neck-pain", "cy", ENGLISH_PAGE),
        ("/cy", "en", WELSH_PAGE),
        ("/cy/enquiry/neck-pain", "en", WELSH_PAGE),
        ("/cy/embed", "en", WELSH_PAGE),
        ("/cy/embed/neck-pain", "en", WELSH_PAGE),
        ("/cy/nowhere", "en", WELSH_PAGE),
        ("/cyclamen", "en", ENGLISH_PAGE),
    ],
)
async def test_the_path_decides_and_then_the_browser(
    client: httpx.AsyncClient, path: str, asked: str, page: str
) -> None:
    answer = await client.get(path, headers={**BROWSER, "Accept-Language": asked})
    assert page in answer.text
    assert answer.headers["vary"] == "accept-language"


async def test_the_form_in_welsh_is_welsh_from_top_to_bottom(client: httpx.AsyncClient) -> None:
    page = (await client.get("/cy/enquiry/neck-pain")).text
    assert "Poen yn y gwddf" in page
    assert "Ein horiau heddiw: 8am i 8pm." in page
    assert "Rydym ar agor nawr. Byddwn yn cysylltu â chi erbyn 2:03pm heddiw." in page
    assert "Dydd Llun i ddydd Sadwrn, 8am i 8pm; Dydd Sul, ar gau" in page
    shown = re.sub(r"<script.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert not re.findall(r"\b(?:the|you|your|we|our|and|hours|closed|not|to)\b", shown)


async def test_each_page_leads_to_itself_in_the_other_language(client: httpx.AsyncClient) -> None:
    for path, other in (
        ("/cy", "/en"),
        ("/en", "/cy"),
        ("/cy/enquiry/neck-pain", "/en/enquiry/neck-pain"),
        ("/en/enquiry/neck-pain", "/cy/enquiry/neck-pain"),
    ):
        page = (await client.get(path)).text
        assert re.findall(r'<p class="language"><a href="([^"]+)"', page) == [other]
        assert (await client.get(other)).status_code == 200


async def test_a_form_that_came_back_offers_no_other_language_where_what_was_typed_would_be_gone(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    typed = ENQUIRY | {"condition": "neck-pain"}
    wrong = await client.post("/enquiries", data=typed | {"email": "x"}, headers=BROWSER)
    acceptance.fault = IdempotencyConflict("used before")
    sent_before = await client.post("/enquiries", data=typed | {"nonce": "n"}, headers=BROWSER)
    for answer in (wrong, sent_before):
        assert answer.status_code == 422
        assert ENQUIRY["message"] in answer.text
        assert 'class="language"' not in answer.text


@pytest.mark.parametrize(("said", "page"), [("cy_GB", WELSH_PAGE), ("en-GB", ENGLISH_PAGE), ("fr", WELSH_PAGE)])
async def test_a_form_comes_back_in_the_language_that_it_says_or_the_browser_asks_for(
    client: httpx.AsyncClient, said: str, page: str
) -> None:
    answer = await client.post("/enquiries", data=ENQUIRY | {"email": "x", "locale": said}, headers=WELSH)
    assert answer.status_code == 422
    assert page in answer.text


async def test_an_enquiry_keeps_the_language_of_its_form(client: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    page = (await client.get("/cy")).text
    [locale] = re.findall(r'name="locale" value="([^"]+)"', page)
    sent = await client.post("/enquiries", data=ENQUIRY | {"locale": locale}, headers=BROWSER)
    assert acceptance.kept[0].locale == "cy"
    assert sent.headers["location"].startswith("/cy/enquiries/")
    confirmed = await client.get(sent.headers["location"], headers=BROWSER)
    assert "Eich cyfeirnod yw" in confirmed.text
    assert "erbyn 2:03pm ddydd Llun 23 Tachwedd" in confirmed.text
    framed = await client.post("/enquiries", data=ENQUIRY | {"locale": "cy", "view": "frame"}, headers=BROWSER)
    assert framed.headers["location"].startswith("/cy/embed/enquiries/")
    assert WELSH_PAGE in (await client.get(framed.headers["location"])).text


async def test_what_is_wrong_is_said_in_the_language_of_the_form(client: httpx.AsyncClient) -> None:
    wrong = {"name": "", "email": "x", "message": "y" * 6000, "locale": "cy"}
    answer = await client.post("/enquiries", data=wrong, headers=BROWSER)
    assert answer.status_code == 422
    for words in ("Mae problem", "Rhowch eich enw", "enw@example.com", "Rhaid i&#39;ch neges fod yn 5,000 o nodau"):
        assert words in answer.text
    in_json = await client.post("/enquiries", json={"email": "x"}, headers={"Accept-Language": "cy"})
    assert in_json.json()["title"] == "Mae problem"
    assert "Rhowch eich enw" in {error["message"] for error in in_json.json()["errors"]}


@pytest.mark.parametrize(
    ("said", "asked", "title"),
    [
        ("cy", "en-GB", "Mae problem"),
        ("cy-GB", "en-GB", "Mae problem"),
        ("en", "cy", "There is a problem"),
        (5, "cy", "Mae problem"),
    ],
)
async def test_a_program_is_told_what_is_wrong_in_the_language_that_it_says_or_asks_for(
    client: httpx.AsyncClient, said: object, asked: str, title: str
) -> None:
    wrong = ENQUIRY | {"email": "x", "locale": said}
    answer = await client.post("/enquiries", json=wrong, headers={"Accept-Language": asked})
    assert answer.status_code == 422
    assert answer.json()["title"] == title


async def test_a_program_is_told_in_welsh_that_the_store_is_away(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    acceptance.fault = StoreUnavailable("away")
    answer = (await client.post("/enquiries", json=ENQUIRY | {"locale": "cy"})).json()
    in_english = (await client.post("/enquiries", json=ENQUIRY)).json()
    assert answer["title"] != in_english["title"]
    assert "Ffoniwch ni ar 01632 960123" in answer["detail"]


async def test_a_program_is_told_the_promise_in_the_language_of_the_enquiry(client: httpx.AsyncClient) -> None:
    answer = (await client.post("/enquiries", json=ENQUIRY | {"locale": "cy"})).json()
    assert answer["message"] == "Rydym ar agor nawr. Byddwn yn cysylltu â chi erbyn 2:03pm heddiw."
    assert answer["links"]["confirmation"].startswith("/cy/enquiries/")


async def test_a_store_that_is_away_is_said_in_welsh_too(client: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    acceptance.fault = StoreUnavailable("away")
    answer = await client.post("/enquiries", data=ENQUIRY | {"locale": "cy"}, headers=BROWSER)
    assert answer.status_code == 503
    assert "Ffoniwch ni ar 01632 960123" in answer.text


async def test_why_it_is_closed_is_said_in_welsh(
    facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock
) -> None:
    closure = Closure.model_validate({"from": "2026-11-22", "note": "Staff training", "note_cy": "Hyfforddiant staff"})
    clock.at = SUNDAY
    async with served(facts.model_copy(update={"closure": (closure,)}), acceptance, clock) as client:
        page = (await client.get("/cy")).text
        assert "Rydym ar gau nawr (Hyfforddiant staff) a byddwn yn agor eto ddydd Llun 23 Tachwedd am 8am." in page
        clock.at = SUNDAY.replace(month=12, day=28)
        assert "(diwrnod yn lle Gŵyl San Steffan)" in (await client.get("/cy")).text


async def test_a_clinic_of_one_language_has_no_paths_and_links_for_others(
    facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock
) -> None:
    async with served(facts.model_copy(update={"languages": ("en",)}), acceptance, clock) as client:
        for path in ("/", "/cy", "/cy/enquiry/neck-pain"):
            answer = await client.get(path, headers=WELSH)
            assert ENGLISH_PAGE in answer.text
            assert 'class="language"' not in answer.text
            assert "vary" not in answer.headers
        sent = await client.post("/enquiries", data=ENQUIRY | {"locale": "cy"}, headers=BROWSER)
        assert sent.headers["location"].startswith("/enquiries/")


async def test_red_flags_stand_on_the_page_of_their_condition_with_who_answers_for_them(
    facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock
) -> None:
    flags = RedFlags.model_validate(
        {"advice": "Do <this> now", "signs": ["A sign"], "reviewer": "A. Clinician", "reviewed": "2026-10-01"}
    )
    first = facts.condition[0].model_copy(update={"red_flags": flags})
    marked = facts.model_copy(update={"condition": (first, *facts.condition[1:])})
    async with served(marked, acceptance, clock) as client:
        page = (await client.get(f"/en/enquiry/{first.slug}")).text
        assert "Do &lt;this&gt; now" in page
        assert "Reviewed by A. Clinician on 1 October 2026." in page
        assert "A sign" not in (await client.get("/en")).text
        in_welsh = (await client.get(f"/cy/enquiry/{first.slug}")).text
        assert re.search(r'<aside[^>]* lang="en-GB">\s*<h2 id="red-flags">Do &lt;this&gt; now', in_welsh)
        assert "Adolygwyd gan A. Clinician ar 1 Hydref 2026." in in_welsh

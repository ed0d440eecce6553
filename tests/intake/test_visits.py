"""What a visitor sees: the form, the confirmation, and what stands at a link that does not hold."""

import re

import httpx
import pytest
from starlette.types import ASGIApp

from clinic.errors import StoreUnavailable
from clinic.facts import ClinicFacts, Site
from intake.links import Confirmation, ConfirmationLinks
from tests.intake.stand_ins import ENQUIRY, SECRETS, SUNDAY, ListAcceptance, ListMarks, ListRates
from tests.support.clock import SetClock


@pytest.mark.parametrize("path", ["/", "/enquiry/sacro-iliac-joint-pain"])
async def test_the_form_says_what_it_is_and_when_one_hears(client: httpx.AsyncClient, path: str) -> None:
    page = (await client.get(path)).text
    assert "does not book an appointment" in page
    assert "Our hours today: 8am to 8pm." in page
    assert "We will contact you by 2:03pm today." in page
    assert 'href="tel:01632960123"' in page
    assert 'href="tel:999"' in page
    assert 'href="tel:111"' in page
    assert "https://www.purephysiotherapy.example/privacy" in page
    assert re.findall("<script[^>]*>", page) == ['<script type="application/ld+json">']


async def test_the_form_of_a_condition_has_chosen_it(client: httpx.AsyncClient) -> None:
    page = (await client.get("/enquiry/sacro-iliac-joint-pain")).text
    assert '<option value="sacro-iliac-joint-pain" selected>' in page
    assert "<title>Appointment enquiry: Sacro-iliac joint pain" in page


async def test_every_control_has_a_label_and_what_describes_it_exists(client: httpx.AsyncClient) -> None:
    pages = [await client.get("/"), await client.post("/enquiries", data={"contact_by": "phone", "email": "x"})]
    for page in (answer.text for answer in pages):
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        controls = re.findall(r'<(?:input|select|textarea)(?![^>]*type="hidden")[^>]*\bid="([^"]+)"', page)
        assert len(controls) == 10
        assert set(re.findall(r'<label for="([^"]+)"', page)) == set(controls)
        for described in re.findall(r'aria-describedby="([^"]+)"', page):
            assert set(described.split()) <= set(ids)
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


async def test_each_view_of_the_form_has_its_own_nonce(client: httpx.AsyncClient) -> None:
    nonces = {re.findall(r'name="nonce" value="([^"]{20,})"', (await client.get("/")).text)[0] for _ in range(20)}
    assert len(nonces) == 20


async def test_the_form_of_a_closed_clinic_says_when_it_opens(client: httpx.AsyncClient, clock: SetClock) -> None:
    clock.at = SUNDAY
    page = (await client.get("/")).text
    assert "Our hours today: closed." in page
    assert "Monday 23 November at 8am" in page


async def test_sites_are_offered_where_there_are_some(
    facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock
) -> None:
    from typing import cast

    from clinic.acceptance import Acceptance
    from intake.app import create_app

    site = Site(slug="riverside", name="Riverside", phone="01632 960777", opening_hours="Mo-Fr 12:00-18:00")
    app: ASGIApp = create_app(
        facts.model_copy(update={"site": (site,)}),
        cast(Acceptance, acceptance),
        clock,
        SECRETS,
        ListRates(),
        ListMarks(clock),
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake.test") as client:
        assert '<option value="riverside">Riverside</option>' in (await client.get("/")).text
        receipt = (await client.post("/enquiries", json=ENQUIRY | {"site": "riverside"})).json()
        assert receipt["open_now"] is False
        assert receipt["links"]["phone"] == "tel:01632960777"
        assert "01632 960777" in (await client.get(receipt["links"]["confirmation"])).text
        acceptance.fault = StoreUnavailable("down")
        answer = await client.post("/enquiries", json=ENQUIRY | {"site": "riverside"})
        assert "01632 960777" in answer.json()["detail"]


async def test_the_confirmation_tells_what_happens_next(client: httpx.AsyncClient, clock: SetClock) -> None:
    answer = await client.post("/enquiries", data=ENQUIRY)
    clock.forward(hours=20)
    page = (await client.get(answer.headers["location"])).text
    assert "CFGH 3467" in page
    assert "by 2:03pm on Monday 23 November" in page
    assert "today" not in page
    assert "Nothing is booked yet" in page
    assert "We normally send these details by email too." in page
    assert "junk" in page
    assert not any(typed in page for typed in ENQUIRY.values())


async def test_a_confirmation_link_that_does_not_hold_is_answered_kindly(
    client: httpx.AsyncClient, clock: SetClock
) -> None:
    good = (await client.post("/enquiries", data=ENQUIRY)).headers["location"]
    stranger = ConfirmationLinks(["another-secret-of-more-than-32-characters"], clock)
    forged = stranger.path(Confirmation("CFGH3467", clock.now(), ""))
    assert (await client.get(good)).status_code == 200
    clock.forward(days=2)
    for path in (good, good[:-5], "/enquiries/x", "/enquiries/" + "x" * 5000, forged):
        answer = await client.get(path, headers={"accept": "text/html"})
        assert answer.status_code == 404
        assert "01632 960123" in answer.text


async def test_health_asks_nobody(client: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    acceptance.fault = StoreUnavailable("down")
    answer = await client.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok")

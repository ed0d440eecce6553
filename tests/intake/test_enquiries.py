"""An enquiry comes in, as JSON or by a form: a receipt, or every fault at once, or whom to phone."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from clinic.acceptance import IdempotencyConflict
from clinic.enquiry import Enquiry
from clinic.errors import StoreUnavailable
from intake.fields import KNOWN_TO_STAFF
from tests.intake.stand_ins import ENQUIRY, SUNDAY, ListAcceptance
from tests.support.clock import SetClock

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_json_is_accepted_with_a_receipt(client: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    answer = await client.post("/enquiries", json=ENQUIRY)
    assert answer.status_code == 202
    receipt = answer.json()
    assert receipt["reference"] == "CFGH3467"
    assert receipt["received_at"] == "2026-11-23T10:03:04+00:00"
    assert receipt["open_now"] is True
    assert receipt["next_opening"] == "2026-11-24T08:00:00+00:00"
    assert receipt["reply_by"] == "2026-11-23T14:03:04+00:00"
    assert receipt["message"] == "We're open now. We will contact you by 2:03pm today."
    assert (await client.get(receipt["links"]["confirmation"])).status_code == 200
    assert acceptance.kept[0].model_dump(include={*ENQUIRY}) == ENQUIRY


async def test_a_closed_clinic_says_when_it_opens(client: httpx.AsyncClient, clock: SetClock) -> None:
    clock.at = SUNDAY
    receipt = (await client.post("/enquiries", json=ENQUIRY)).json()
    assert receipt["open_now"] is False
    assert receipt["next_opening"] == "2026-11-23T08:00:00+00:00"
    assert receipt["reply_by"] == "2026-11-23T12:00:00+00:00"
    assert "Monday 23 November at 8am" in receipt["message"]


async def test_a_repeated_request_is_answered_without_saying_today(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    acceptance.repeated = True
    receipt = (await client.post("/enquiries", json=ENQUIRY)).json()
    assert "today" not in receipt["message"]
    assert "Monday 23 November" in receipt["message"]


async def test_a_form_leads_to_the_confirmation_page(client: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    answer = await client.post("/enquiries", data=ENQUIRY | {"phone": ""}, headers=BROWSER)
    assert answer.status_code == 303
    page = await client.get(answer.headers["location"])
    assert "CFGH 3467" in page.text
    assert acceptance.kept[0].phone == ""


async def test_curl_with_a_form_is_answered_like_a_browser(client: httpx.AsyncClient) -> None:
    assert (await client.post("/enquiries", data=ENQUIRY)).status_code == 303


async def test_a_form_sent_by_a_program_that_wants_json_gets_a_receipt(client: httpx.AsyncClient) -> None:
    answer = await client.post("/enquiries", data=ENQUIRY, headers={"accept": "application/json"})
    assert answer.status_code == 202


@pytest.mark.parametrize("name", ["is_admin", *sorted(KNOWN_TO_STAFF - Enquiry.model_fields.keys())])
@pytest.mark.parametrize("value", ["1", ["a", "b"]])
async def test_fields_that_a_website_adds_are_ignored_whatever_they_are_called(
    client: httpx.AsyncClient, acceptance: ListAcceptance, name: str, value: str | list[str]
) -> None:
    answer = await client.post("/enquiries", data=ENQUIRY | {name: value})
    assert answer.status_code == 303
    assert len(acceptance.kept) == 1


@pytest.mark.parametrize(
    ("said", "kept"), [("en_GB", "en"), ("cy_GB", "cy"), ("cy-GB", "cy"), ("pl_PL", "en"), ("%lang%", "en")]
)
async def test_no_form_is_refused_for_the_language_that_it_says(
    client: httpx.AsyncClient, acceptance: ListAcceptance, said: str, kept: str
) -> None:
    answer = await client.post("/enquiries", data=ENQUIRY | {"locale": said})
    assert answer.status_code == 303
    assert acceptance.kept[0].locale == kept


async def test_a_bad_email_in_json_is_named_and_never_echoed(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    answer = await client.post("/enquiries", json=ENQUIRY | {"email": "canary"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 422
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [("email", "email")]
    assert "canary" not in answer.text
    assert acceptance.kept == []
    assert (await client.get(problem["type"])).status_code == 200


async def test_a_bad_email_in_a_form_brings_the_form_back_with_what_was_typed(client: httpx.AsyncClient) -> None:
    typed = ENQUIRY | {"name": "<b>Jo</b>", "email": "nobody", "message": "\nfirst\nsecond", "contact_by": "phone"}
    answer = await client.post("/enquiries", data=typed, headers=BROWSER)
    assert answer.status_code == 422
    page = answer.text
    assert "<title>Error: " in page
    assert "There is a problem" in page
    assert 'role="alert"' in page
    assert 'href="#email"' in page
    assert 'href="#phone"' in page
    assert re.search(r'id="email"[^>]*aria-describedby="hint-email fault-email" aria-invalid="true"', page)
    assert 'value="nobody"' in page
    assert 'value="&lt;b&gt;Jo&lt;/b&gt;"' in page
    assert "\n\nfirst\nsecond</textarea>" in page
    assert re.search(r'value="phone" checked', page)


async def test_every_fault_is_reported_at_once_in_the_order_of_the_form(client: httpx.AsyncClient) -> None:
    sent = {"email": "x", "message": " ", "condition": "no-such", "contact_by": "phone", "site": "mars", "locale": "fr"}
    problem = (await client.post("/enquiries", json=sent)).json()
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [
        ("name", "required"),
        ("email", "email"),
        ("phone", "required"),
        ("condition", "choice"),
        ("site", "choice"),
        ("message", "required"),
        ("locale", "choice"),
    ]


async def test_an_idempotency_key_is_handed_on_with_the_body(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    await client.post("/enquiries", json=ENQUIRY, headers={"idempotency-key": "key-1"})
    assert acceptance.keys == ["key-1"]
    assert acceptance.bodies[0].startswith(b'{"name"')


async def test_a_key_with_another_body_is_refused(client: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    acceptance.fault = IdempotencyConflict("other")
    answer = await client.post("/enquiries", json=ENQUIRY)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/idempotency-key-reused"


async def test_a_form_that_was_changed_and_sent_again_comes_back_with_a_new_nonce(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    acceptance.fault = IdempotencyConflict("other")
    answer = await client.post("/enquiries", data=ENQUIRY | {"nonce": "used"}, headers=BROWSER)
    assert answer.status_code == 422
    assert "You sent this form before" in answer.text
    assert "It hurts when I sit." in answer.text
    assert 'value="used"' not in answer.text


@pytest.mark.parametrize("headers", [{}, BROWSER])
async def test_without_a_store_the_patient_is_told_to_phone(
    client: httpx.AsyncClient, acceptance: ListAcceptance, headers: dict[str, str]
) -> None:
    acceptance.fault = StoreUnavailable("down")
    answer = await client.post("/enquiries", data=ENQUIRY, headers=headers | {})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "Please phone us on 01632 960123" in answer.text


@pytest.mark.parametrize(("wanted", "form"), [("en", "/en"), ("cy", "/cy")])
async def test_who_opens_the_address_of_a_form_that_came_back_is_led_to_the_form(
    client: httpx.AsyncClient, wanted: str, form: str
) -> None:
    answer = await client.get("/enquiries", headers=BROWSER | {"accept-language": wanted})
    assert (answer.status_code, answer.headers["location"]) == (303, form)
    assert (await client.get(form)).status_code == 200
    assert (await client.get("/enquiries")).status_code == 405


async def test_without_a_store_the_form_keeps_what_was_typed_and_counts_once_when_it_is_sent_again(
    client: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    nonce = re.findall(r'name="nonce" value="([^"]+)"', (await client.get("/")).text)[0]
    acceptance.fault = StoreUnavailable("down")
    answer = await client.post("/enquiries", data=ENQUIRY | {"nonce": nonce, "view": "frame"}, headers=BROWSER)
    assert answer.status_code == 503
    assert "It hurts when I sit." in answer.text
    assert f'name="nonce" value="{nonce}"' in answer.text
    assert 'name="view" value="frame"' in answer.text
    assert "Please phone us on 01632 960123" in answer.text
    assert "We will contact you" not in answer.text


async def test_a_fault_of_ours_is_answered_and_logged_without_its_message(
    client: httpx.AsyncClient,
    acceptance: ListAcceptance,
) -> None:
    acceptance.fault = RuntimeError("canary")
    answer = await client.post("/enquiries", json=ENQUIRY)
    assert answer.status_code == 500
    assert "canary" not in answer.text
    assert "phone us" in answer.text


@contextmanager
def logged() -> Iterator[None]:
    """Have the log written as an intake does."""
    from clinic import logs

    before = logging.getLogger().handlers
    logs.configure("intake")
    try:
        yield
    finally:
        logging.getLogger().handlers = before


def refusals(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if "request_refused" in line]


async def test_the_log_names_fields_and_codes_and_nothing_of_a_person(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged():
        answer = await client.post("/enquiries", json=ENQUIRY | {"email": "canary", "canary": "canary"})
    [ours] = refusals(capsys)
    assert "email:email" in ours
    assert answer.json()["instance"] in ours
    assert "canary" not in ours
    assert "cause" not in ours


async def test_the_log_says_why_an_enquiry_was_not_kept_and_the_patient_is_not_told(
    client: httpx.AsyncClient, acceptance: ListAcceptance, capsys: pytest.CaptureFixture[str]
) -> None:
    acceptance.fault = StoreUnavailable("TimeoutError: no answer in time")
    with logged():
        answer = await client.post("/enquiries", json=ENQUIRY | {"name": "Canary"})
    [ours] = refusals(capsys)
    assert "TimeoutError: no answer in time" in ours
    assert answer.json()["instance"] in ours
    assert ENQUIRY["email"] not in ours
    assert "Canary" not in ours
    assert "no answer in time" not in answer.text

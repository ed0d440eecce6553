"""Who may send: the clinic's websites, programs, and nobody's browser on the behalf of a stranger's page."""

from typing import cast

import httpx
import pytest
from starlette.types import ASGIApp

from clinic.acceptance import Acceptance
from clinic.facts import ClinicFacts
from intake.app import create_app
from tests.intake.stand_ins import ENQUIRY, SECRETS, ListAcceptance, ListMarks, ListRates
from tests.support.clock import SetClock

OWN = "https://enquiries.clinic.test"


@pytest.fixture
def public(facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock) -> ASGIApp:
    """Return an intake that knows its own name, of a clinic with a second website."""
    two = facts.model_copy(update={"websites": ("https://second.test/welcome",)})
    return create_app(two, cast(Acceptance, acceptance), clock, SECRETS, ListRates(), ListMarks(clock), public_url=OWN)


def at(app: ASGIApp, base_url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base_url)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://intake.test", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://www.purephysiotherapy.example", "Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_our_own_form_a_website_of_ours_and_a_program_may_send(
    client: httpx.AsyncClient, acceptance: ListAcceptance, headers: dict[str, str]
) -> None:
    assert (await client.post("/enquiries", json=ENQUIRY, headers=headers)).status_code == 202
    assert len(acceptance.kept) == 1


STRANGERS = [
    {"Origin": "https://evil.test"},
    {"Origin": "null"},
    {"Origin": "https://www.purephysiotherapy.example.evil.test"},
    {"Origin": "https://www.purephysiotherapy.example:8443"},
    {"Origin": "http://www.purephysiotherapy.example"},
    {"Origin": "http://[::1"},
    {"Origin": "http://[x]"},
    {"Origin": "intake.test"},
    {"Sec-Fetch-Site": "cross-site"},
]


@pytest.mark.parametrize("headers", STRANGERS)
async def test_a_stranger_s_page_and_script_may_not_and_each_is_told_what_to_do(
    client: httpx.AsyncClient, acceptance: ListAcceptance, headers: dict[str, str]
) -> None:
    page, program = [
        await client.post("/enquiries", data=ENQUIRY, headers={"Accept": accepted, **headers})
        for accepted in ("text/html", "application/json")
    ]
    for answer in (page, program):
        assert answer.status_code == 403
        assert "access-control-allow-origin" not in answer.headers
    assert "Please use the enquiry form on our own website, or phone us." in page.text
    assert 'You can always phone us on <a href="tel:01632960123">01632 960123</a>.' in page.text
    assert program.json()["type"] == "/problems/foreign-website"
    assert acceptance.kept == []


async def test_a_second_website_may_be_named_in_the_clinic_file(public: ASGIApp) -> None:
    async with at(public, OWN) as client:
        answer = await client.post("/enquiries", json=ENQUIRY, headers={"Origin": "https://second.test"})
    assert answer.status_code == 202


async def test_a_website_is_known_however_the_clinic_file_writes_it(
    facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock
) -> None:
    written = facts.model_copy(update={"websites": ("https://second.test:443", "https://BÜCHER.test./welcome")})
    app = create_app(written, cast(Acceptance, acceptance), clock, SECRETS, ListRates(), ListMarks(clock))
    async with at(app, OWN) as client:
        for sent in ("https://second.test", "https://xn--bcher-kva.test"):
            answer = await client.post("/enquiries", json=ENQUIRY, headers={"Origin": sent})
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (202, sent)


@pytest.mark.parametrize(
    ("public_url", "host"),
    [
        ("https://enquiries.clinic.test:443", "enquiries.clinic.test"),
        ("https://bücher.test", "xn--bcher-kva.test"),
        ("https://enquiries.clinic.test.", "enquiries.clinic.test"),
        (OWN, "enquiries.clinic.test:443"),
        (OWN, "enquiries.clinic.test."),
        ("http://enquiries.clinic.test", "enquiries.clinic.test:80"),
    ],
)
async def test_the_public_name_is_answered_however_it_is_written(
    facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock, public_url: str, host: str
) -> None:
    app = create_app(
        facts, cast(Acceptance, acceptance), clock, SECRETS, ListRates(), ListMarks(clock), public_url=public_url
    )
    async with at(app, "http://intake.test") as client:
        assert (await client.get("/", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "enquiries.clinic.test.evil.test", "enquiries.clinic.test:81"])
async def test_another_name_than_the_public_one_is_misdirected(public: ASGIApp, host: str) -> None:
    async with at(public, f"http://{host}") as client:
        assert (await client.get("/")).status_code == 421
        assert [(await client.get(path)).status_code for path in ("/healthz", "/readyz")] == [200, 200]


@pytest.mark.parametrize(
    "host", ["enquiries.clinic.test", "ENQUIRIES.clinic.test", "127.0.0.1:8000", "localhost", "[::1]:80"]
)
async def test_the_public_name_and_this_machine_are_answered(public: ASGIApp, host: str) -> None:
    async with at(public, f"http://{host}") as client:
        assert (await client.get("/healthz")).status_code == 200


NO_HOSTS = [
    "",
    "x@evil",
    "a b",
    "a/b",
    "evil.test:port",
    "a\\b",
    "x" * 300,
    "[::::]",
    "[..]",
    "[1.2.3.4]",
    "[::1]a",
]


@pytest.mark.parametrize("host", NO_HOSTS)
async def test_a_host_that_is_none_is_refused(client: httpx.AsyncClient, public: ASGIApp, host: str) -> None:
    assert (await client.get("/", headers={"Host": host})).status_code == 400
    async with at(public, OWN) as named:
        assert (await named.get("/", headers={"Host": host})).status_code == 400

"""A form that is sent again is known by its nonce, and two patients are never taken for one."""

from collections.abc import AsyncIterator

import httpx
import pytest

from clinic.acceptance import Acceptance
from clinic.acts import Acts
from clinic.clock import WallClock
from clinic.facts import ClinicFacts
from clinic.seal import Blinder, Seal
from clinic.store import Staff, Store
from intake.app import create_app
from intake.rates import StoreRates
from intake.unfit import COUNTED
from tests.intake.stand_ins import ENQUIRY, SECRETS
from tests.support.valkey import Client

BROWSER = {"accept": "text/html"}
# A page cache gives every visitor the same one, and WordPress makes one that is the same for all for half a day.
CACHED = "f3a9c1d2e4"
ANOTHER = ENQUIRY | {"name": "Sam Okafor", "email": "sam@example.com"}


@pytest.fixture
async def client(redis: Client, facts: ClinicFacts) -> AsyncIterator[httpx.AsyncClient]:
    """Return a visitor of an intake over a real server."""
    acceptance = Acceptance(Store(redis), facts, Seal(SECRETS), Blinder(SECRETS[0], "idempotency"), WallClock())
    generous = dict.fromkeys((*COUNTED, "limit_per_proof"), "100 per minute")
    rates = StoreRates(Store(redis), Blinder(SECRETS[0], "limits"), generous)
    app = create_app(facts, acceptance, WallClock(), SECRETS, rates, Acts(Staff(redis), Seal(SECRETS)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake.test") as client:
        yield client


async def send(client: httpx.AsyncClient, fields: dict[str, str], nonce: str, **headers: str) -> tuple[int, str]:
    """Send a form as a browser does; return the status and where it leads."""
    answer = await client.post("/enquiries", data=fields | {"nonce": nonce}, headers=BROWSER | headers)
    return answer.status_code, answer.headers.get("location", "")


async def shown(client: httpx.AsyncClient) -> str:
    """Return the nonce of a view of our own form."""
    return (await client.get("/")).text.split('name="nonce" value="')[1].split('"', maxsplit=1)[0]


async def kept(redis: Client) -> int:
    return len(await redis.keys("enquiry:*"))


async def test_every_patient_of_a_page_that_a_cache_gives_to_all_is_kept(
    client: httpx.AsyncClient, redis: Client
) -> None:
    first, second = await send(client, ENQUIRY, CACHED), await send(client, ANOTHER, CACHED)
    assert (first[0], second[0]) == (303, 303)
    assert first[1] != second[1]
    assert await kept(redis) == 2


@pytest.mark.parametrize("more", [{}, {"captcha": "another one each time"}, {"phone": "  "}])
async def test_a_website_s_form_that_is_sent_twice_is_one_enquiry(
    client: httpx.AsyncClient, redis: Client, more: dict[str, str]
) -> None:
    first, again = await send(client, ENQUIRY, CACHED), await send(client, ENQUIRY | more, CACHED)
    assert again == first
    assert await kept(redis) == 1


async def test_without_a_nonce_or_with_one_that_is_no_key_each_is_an_enquiry(
    client: httpx.AsyncClient, redis: Client
) -> None:
    for nonce in ("", "two words", "n" * 256):
        for _ in range(2):
            assert (await send(client, ENQUIRY, nonce))[0] == 303
    assert await kept(redis) == 6


async def test_our_own_form_that_is_sent_twice_is_one_enquiry_and_with_other_words_comes_back(
    client: httpx.AsyncClient, redis: Client
) -> None:
    nonce = await shown(client)
    first = await send(client, ENQUIRY, nonce)
    assert await send(client, ENQUIRY, nonce) == first
    assert (await send(client, ENQUIRY | {"message": "And when I stand."}, nonce))[0] == 422
    assert await kept(redis) == 1


async def test_a_key_of_a_program_comes_before_a_nonce_and_keeps_its_meaning(
    client: httpx.AsyncClient, redis: Client
) -> None:
    key = {"idempotency-key": CACHED}
    first = await send(client, ENQUIRY, CACHED, **key)
    assert await send(client, ENQUIRY, CACHED, **key) == first
    assert (await send(client, ANOTHER, CACHED, **key))[0] == 422
    assert await kept(redis) == 1
    # The same word as a nonce is known apart from it.
    assert (await send(client, ANOTHER, CACHED))[0] == 303
    assert await kept(redis) == 2

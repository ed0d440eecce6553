"""A thousand posts from fifty addresses at one victim: one confirmation, and a thousand enquiries kept."""

import asyncio
import logging
import random

import httpx

from clinic.acceptance import Acceptance
from clinic.acts import Acts
from clinic.clock import WallClock
from clinic.facts import ClinicFacts
from clinic.seal import Blinder, Seal
from clinic.settings import Settings
from clinic.store import Staff, Store
from intake.app import create_app
from intake.proofs import USED_ONCE
from intake.rates import StoreRates
from intake.unfit import COUNTED
from tests.intake.stand_ins import ENQUIRY, SECRETS
from tests.support.valkey import Client

# httpx would write a line for each.
logging.getLogger("httpx").setLevel(logging.WARNING)

POSTS, ADDRESSES = 1000, 50


def spelling(chance: random.Random) -> str:
    """Return a spelling of one mailbox: dots, case and tags as they come."""
    name = "".join(letter + chance.choice(["", "", "."]) for letter in "victi") + "m"
    name += chance.choice(["", f"+{chance.randrange(10**6)}"])
    return "".join(chance.choice([letter, letter.upper()]) for letter in name) + "@example.com"


def visitor(redis: Client, facts: ClinicFacts) -> httpx.AsyncClient:
    """Return somebody who visits an intake with the limits as they come."""
    limits = {name: str(Settings.model_fields[name].default) for name in COUNTED}
    limits["limit_per_proof"] = USED_ONCE
    acceptance = Acceptance(Store(redis), facts, Seal(SECRETS), Blinder(SECRETS[0], "idempotency"), WallClock())
    rates = StoreRates(Store(redis), Blinder(SECRETS[0], "limits"), limits, seconds=30)
    marks = Acts(Staff(redis), Seal(SECRETS))
    app = create_app(facts, acceptance, WallClock(), SECRETS, rates, marks, trusted_proxies=1)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake.test")


async def test_one_victim_of_many_posts_is_mailed_once_and_every_enquiry_is_kept(
    redis: Client, facts: ClinicFacts
) -> None:
    chance = random.Random(1)  # noqa: S311 - spellings, not secrets
    async with visitor(redis, facts) as client:
        gate = asyncio.Semaphore(8)

        async def post(number: int) -> int:
            headers = {"X-Forwarded-For": f"192.0.{number % ADDRESSES}.7"}
            async with gate:
                answer = await client.post("/enquiries", json=ENQUIRY | {"email": spelling(chance)}, headers=headers)
            return answer.status_code

        assert set(await asyncio.gather(*(post(number) for number in range(POSTS)))) == {202}
    assert len(await redis.keys("enquiry:*")) == POSTS
    due = [member for member in await redis.zrange("diary", 0, -1) if member.endswith(b"/confirmation")]
    assert len(due) == 1
    assert await redis.zcard("quarantined") == POSTS - 5 * ADDRESSES


async def test_one_network_fills_the_store_no_further_than_staff_could_look(redis: Client, facts: ClinicFacts) -> None:
    async with visitor(redis, facts) as client:
        told: list[int] = []
        for number in range(400):
            headers = {"X-Forwarded-For": f"192.0.2.{number % 250}"}
            email = f"patient{number}@example.com"
            told.append((await client.post("/enquiries", json=ENQUIRY | {"email": email}, headers=headers)).status_code)
        elsewhere = {"X-Forwarded-For": "198.51.100.7"}
        assert (await client.post("/enquiries", json=ENQUIRY, headers=elsewhere)).status_code == 202
    assert (told.count(202), told.count(429)) == (330, 70)
    assert await redis.zcard("quarantined") == 300

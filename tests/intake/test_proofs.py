"""Under attack a browser works for each form: what comes without a proof is set aside, and looks no different."""

import json
import re
from base64 import b64decode, b64encode
from html import unescape
from typing import cast

import httpx
import pytest
from altcha import Challenge, Payload, solve_challenge
from hypothesis import given
from hypothesis import strategies as st

from clinic.acceptance import Acceptance
from clinic.facts import ClinicFacts
from clinic.screening import CLEAR, Screening
from intake.app import create_app
from intake.proofs import LONGEST, Proofs
from tests.intake.stand_ins import ENQUIRY, SECRETS, ListAcceptance, ListMarks, ListRates
from tests.support.clock import SetClock

BROWSER = {"Accept": "text/html"}


@pytest.fixture
def attacked(facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock, rates: ListRates) -> httpx.AsyncClient:
    app = create_app(facts, cast(Acceptance, acceptance), clock, SECRETS, rates, ListMarks(clock), proof_of_work=True)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://intake.test")


def solved(task: str) -> str:
    challenge = Challenge.from_dict(json.loads(task))
    solution = solve_challenge(challenge)
    assert solution
    return Payload(challenge, solution).to_base64()


def proofs(clock: SetClock, secrets: list[str] = SECRETS) -> Proofs:
    return Proofs(secrets, clock, wanted=True)


def task(made: Proofs) -> str:
    found = made.task()
    assert found
    return found


async def test_a_form_with_its_proof_is_let_in(attacked: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    page = await attacked.get("/")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert re.search(r'<script src="/static/proof\.[0-9a-f]+\.js" defer>', page.text)
    proof = solved(unescape(re.findall(r'data-task="([^"]+)"', page.text)[0]))
    sent = await attacked.post("/enquiries", data=ENQUIRY | {"altcha": proof}, headers=BROWSER)
    assert sent.status_code == 303
    assert acceptance.screenings == [CLEAR]
    assert acceptance.limits[0].quarantines == "used-proof"


async def test_what_comes_without_one_is_set_aside_and_looks_no_different(
    attacked: httpx.AsyncClient, acceptance: ListAcceptance
) -> None:
    for proof in ({}, {"altcha": ""}, {"altcha": "x" * 3000}):
        assert (await attacked.post("/enquiries", data=ENQUIRY | proof, headers=BROWSER)).status_code == 303
    assert (await attacked.post("/enquiries", json=ENQUIRY)).status_code == 202
    assert acceptance.screenings == [Screening(quarantined="no-proof")] * 4


async def test_a_proof_is_good_for_one_enquiry(
    attacked: httpx.AsyncClient, acceptance: ListAcceptance, clock: SetClock
) -> None:
    acceptance.exceeded = "limit_per_proof"
    await attacked.post("/enquiries", data=ENQUIRY | {"altcha": solved(task(proofs(clock)))}, headers=BROWSER)
    assert acceptance.screenings == [Screening(quarantined="used-proof")]


def respelled(proof: str) -> list[str]:
    """Return the proof as another would write it: its JSON, its base64, and what else of a solution does not count."""
    inner = json.loads(b64decode(proof))
    texts = [json.dumps(inner, indent=1), json.dumps(inner) + " ", json.dumps(dict(reversed(inner.items())))]
    texts.append(json.dumps(inner | {"more": 1}))
    texts.append(json.dumps(inner | {"solution": inner["solution"] | {"time": 7}}))
    return [proof + "=", f"{proof[:9]}\n{proof[9:]}", *(b64encode(text.encode()).decode() for text in texts)]


async def test_a_proof_written_in_another_way_is_the_same_proof(
    attacked: httpx.AsyncClient, acceptance: ListAcceptance, clock: SetClock
) -> None:
    one, other = [solved(task(proofs(clock))) for _ in range(2)]
    sides = []
    for proof in (one, *respelled(one), other):
        assert (await attacked.post("/enquiries", data=ENQUIRY | {"altcha": proof}, headers=BROWSER)).status_code == 303
        sides.append(acceptance.limits[0].side)
    assert acceptance.screenings == [CLEAR] * len(sides)
    assert len(set(sides[:-1])) == 1
    assert sides[-1] != sides[0]


async def test_nothing_is_asked_where_nobody_wants_it(client: httpx.AsyncClient, acceptance: ListAcceptance) -> None:
    page = await client.get("/")
    assert "data-task" not in page.text
    assert "proof." not in page.text
    await client.post("/enquiries", data=ENQUIRY, headers=BROWSER)
    assert acceptance.screenings == [CLEAR]


def test_a_proof_of_yesterday_and_one_made_for_another_secret_are_worth_nothing(clock: SetClock) -> None:
    proof = solved(task(proofs(clock)))
    assert proofs(clock).suspicion(proof) == ""
    assert proofs(clock, ["another-secret-of-more-than-32-characters"]).suspicion(proof) == "wrong-proof"
    clock.forward(hours=25)
    assert proofs(clock).suspicion(proof) == "old-proof"


def test_a_proof_for_the_secret_of_yesterday_is_good_while_it_is_kept(clock: SetClock) -> None:
    proof = solved(task(proofs(clock, SECRETS[1:])))
    assert proofs(clock).suspicion(proof) == ""


def test_an_easier_task_of_their_own_is_worth_nothing(clock: SetClock) -> None:
    easier = json.loads(task(proofs(clock)))
    easier["parameters"] |= {"cost": 1, "keyPrefix": "0"}
    assert proofs(clock).suspicion(solved(json.dumps(easier))) == "wrong-proof"


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")))
def test_nonsense_is_no_proof(proof: str) -> None:
    assert proofs(SetClock()).suspicion(proof) in ("no-proof", "wrong-proof")
    assert proofs(SetClock()).suspicion("A" * (LONGEST + 1)) == "no-proof"

"""The description of the interface is what the interface does, and people can read it."""

from typing import cast

import httpx
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from clinic.acceptance import Acceptance
from clinic.facts import ClinicFacts
from intake.app import create_app
from tests.intake.stand_ins import ENQUIRY, SECRETS, ListAcceptance, ListMarks, ListRates
from tests.support.clock import SetClock


async def description(client: httpx.AsyncClient) -> dict[str, object]:
    document: dict[str, object] = (await client.get("/openapi.json")).json()
    return document


def resolved(document: dict[str, object], model: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{model}", **document})


async def test_it_is_openapi_and_names_every_answer(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    post = document["paths"]["/enquiries"]["post"]
    assert set(post["responses"]) == {
        *("202", "303", "400", "403", "405", "408", "413", "414", "415", "417", "421", "422", "429", "431"),
        *("500", "503"),
    }
    assert set(post["requestBody"]["content"]) == {"application/json", "application/x-www-form-urlencoded"}


async def test_its_example_is_accepted(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    content = document["paths"]["/enquiries"]["post"]["requestBody"]["content"]
    example = content["application/json"]["example"]
    assert (await client.post("/enquiries", json=example)).status_code == 202
    assert (await client.post("/enquiries", data=example)).status_code == 303
    resolved(document, "Submission").validate(example)


@pytest.mark.parametrize(("locale", "by_program"), [("cy", 202), ("en-GB", 202), ("cy_GB", 202), ("fr", 422)])
async def test_a_language_is_taken_as_described(client: httpx.AsyncClient, locale: str, by_program: int) -> None:
    document, sent = await description(client), ENQUIRY | {"locale": locale}
    assert (await client.post("/enquiries", json=sent)).status_code == by_program
    assert resolved(document, "Submission").is_valid(sent) == (by_program == 202)
    assert (await client.post("/enquiries", data=sent)).status_code == 303
    assert resolved(document, "SubmissionForm").is_valid(sent)


@pytest.mark.parametrize(
    ("field", "longest"),
    [
        ("name", "x" * 100),
        ("email", "sammy@" + ".".join(["x" * 60] * 4) + ".test"),
        ("phone", "01632 960001".ljust(32, "-")),
        ("contact_when", "x" * 100),
        ("message", "x" * 5000),
    ],
)
async def test_a_field_may_be_as_long_as_described(client: httpx.AsyncClient, field: str, longest: str) -> None:
    document = await description(client)
    for value, fits in ((longest, True), (longest + longest[-1], False)):
        answer = await client.post("/enquiries", json=ENQUIRY | {field: value})
        assert (answer.status_code == 202) is fits, answer.text
        for model in ("Submission", "SubmissionForm"):
            assert resolved(document, model).is_valid(ENQUIRY | {field: value}) is fits
    assert f"<td>{len(longest)}</td>" in (await client.get("/docs")).text


async def test_answers_are_as_described(client: httpx.AsyncClient) -> None:
    document = await description(client)
    resolved(document, "Receipt").validate((await client.post("/enquiries", json=ENQUIRY)).json())
    resolved(document, "ProblemDocument").validate((await client.post("/enquiries", json={"x": "y"})).json())


@pytest.mark.parametrize("status", ["202", "400", "422", "503"])
async def test_described_examples_are_as_described(client: httpx.AsyncClient, status: str) -> None:
    document = (await client.get("/openapi.json")).json()
    content = document["paths"]["/enquiries"]["post"]["responses"][status]["content"]
    media, model = (
        ("application/json", "Receipt") if status == "202" else ("application/problem+json", "ProblemDocument")
    )
    examples = content[media].get("examples", {"": {"value": content[media].get("example")}})
    for example in examples.values():
        resolved(document, model).validate(example["value"])


async def test_the_example_of_a_receipt_leads_where_real_ones_lead(
    facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock
) -> None:
    url = "https://enquiries.example.com"
    app = create_app(facts, cast(Acceptance, acceptance), clock, SECRETS, ListRates(), ListMarks(clock), public_url=url)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=url) as client:
        real = (await client.post("/enquiries", json=ENQUIRY)).json()["links"]
        document = (await client.get("/openapi.json")).json()
    answers = document["paths"]["/enquiries"]["post"]["responses"]
    shown = answers["202"]["content"]["application/json"]["example"]["links"]
    before_token = shown["confirmation"].removesuffix("…")
    assert before_token == f"{url}/en/enquiries/CFGH3467."
    assert real["confirmation"].startswith(before_token)


async def test_people_can_read_it_without_anything_from_elsewhere(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    page = await client.get("/docs")
    assert page.status_code == 200
    assert "<script" not in page.text
    for field in document["components"]["schemas"]["Submission"]["properties"]:
        assert f"<code>{field}</code>" in page.text
    for status in document["paths"]["/enquiries"]["post"]["responses"]:
        assert f'<th scope="row">{status}</th>' in page.text

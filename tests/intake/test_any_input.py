"""Whatever the bytes: an answer of ours, never a fault of our own (Hypothesis on bytes and fields, Schemathesis)."""

import json
import logging
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import status_code_conformance
from starlette.types import ASGIApp

from tests.intake.stand_ins import ENQUIRY, ListAcceptance

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would write a line for each
QUIET = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
ANSWERS = {202, 303, 400, 413, 415, 422}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(
    [*ENQUIRY, "phone", "contact_by", "contact_when", "condition", "site", "locale", "nonce", "fax"]
)


@QUIET
@given(body=st.binary(max_size=400), form=st.booleans())
async def test_bytes_of_any_kind_are_answered_and_never_kept(
    client: httpx.AsyncClient, acceptance: ListAcceptance, body: bytes, *, form: bool
) -> None:
    media = "application/x-www-form-urlencoded" if form else "application/json"
    answer = await client.post("/enquiries", content=body, headers={"Content-Type": media})
    assert answer.status_code in ANSWERS - {202, 303}
    assert acceptance.kept == []


@QUIET
@given(fields=st.dictionaries(NAMES, VALUES, max_size=9))
async def test_fields_of_any_kind_are_kept_where_they_are_accepted_and_only_there(
    client: httpx.AsyncClient, acceptance: ListAcceptance, fields: dict[str, object]
) -> None:
    acceptance.kept.clear()
    answer = await client.post(
        "/enquiries", content=json.dumps(ENQUIRY | fields).encode(), headers={"Content-Type": "application/json"}
    )
    assert answer.status_code in ANSWERS
    assert (answer.status_code == 202) is bool(acceptance.kept)


def test_every_answer_is_as_the_interface_describes_it(app: ASGIApp) -> None:
    tried: list[str] = []
    for found in schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(deadline=None, max_examples=60)
        @given(case=operation.as_strategy())
        def check(case: Any) -> None:  # noqa: ANN401 - generic over what the description is written in
            answer = case.call(headers={"Host": "intake.test"})
            case.validate_response(answer, checks=[not_a_server_error, status_code_conformance])

        check()
        tried.append(operation.label)
    assert "POST /enquiries" in tried

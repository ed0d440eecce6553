"""Each type of problem has a name of its own, and is explained at its address."""

import html

import httpx
import pytest

from intake import problem
from intake.problem import KINDS, Kind

DEFINED = [value for value in vars(problem).values() if isinstance(value, Kind)]


@pytest.mark.parametrize("kind", DEFINED, ids=lambda kind: kind.slug)
async def test_each_type_of_problem_is_explained_at_its_address(client: httpx.AsyncClient, kind: Kind) -> None:
    answer = await client.get(f"/problems/{kind.slug}")
    assert answer.status_code == 200
    assert kind.title in html.unescape(answer.text)
    assert "01632 960123" in answer.text


def test_no_type_of_problem_is_left_out_and_each_has_its_own_name() -> None:
    assert list(KINDS) == DEFINED
    assert len({kind.slug for kind in DEFINED}) == len(DEFINED) > 20

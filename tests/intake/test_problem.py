"""Each type of problem has a name of its own, and is explained at its address."""

import html

import httpx
import pytest

from intake import problem
from intake.problem import PROBLEMS, Problem

DEFINED = [value for value in vars(problem).values() if isinstance(value, Problem)]


@pytest.mark.parametrize("one", DEFINED, ids=lambda one: one.slug)
async def test_each_type_of_problem_is_explained_at_its_address(client: httpx.AsyncClient, one: Problem) -> None:
    answer = await client.get(f"/problems/{one.slug}")
    assert answer.status_code == 200
    assert one.title in html.unescape(answer.text)
    assert "01632 960123" in answer.text


def test_no_type_of_problem_is_left_out_and_each_has_its_own_name() -> None:
    assert list(PROBLEMS) == DEFINED
    assert len({one.slug for one in DEFINED}) == len(DEFINED) > 20

"""Readiness: 200 while an enquiry could be kept, 503 with no reason for strangers, and one look a second at most."""

from starlette.requests import Request

from intake.readiness import Readiness
from tests.support.clock import SetClock

REQUEST = Request({"type": "http", "headers": []})


async def test_it_asks_once_a_second_and_tells_strangers_no_reason() -> None:
    clock, asked = SetClock(), [0]

    async def ready() -> str:
        asked[0] += 1
        return "appendfsync is everysec" if asked[0] > 1 else ""

    readiness = Readiness(ready, clock)
    assert [(await readiness.answer(REQUEST)).status_code for _ in range(3)] == [200, 200, 200]
    clock.forward(1)
    answer = await readiness.answer(REQUEST)
    assert (answer.status_code, bytes(answer.body), asked[0]) == (503, b"not ready", 2)


async def test_a_clock_that_was_set_back_is_no_reason_to_believe_the_past() -> None:
    clock, asked = SetClock(), [0]

    async def ready() -> str:
        asked[0] += 1
        return ""

    readiness = Readiness(ready, clock)
    await readiness.answer(REQUEST)
    clock.forward(hours=-1)
    await readiness.answer(REQUEST)
    assert asked[0] == 2

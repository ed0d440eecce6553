"""Whole answers leave in one write, and whatever is out of the ordinary is left to uvicorn."""

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from intake.whole import send_at_once

HEADERS = [(b"content-type", b"text/plain"), (b"content-length", b"2")]


def cycle(**differs: object) -> Any:  # noqa: ANN401 - as much of uvicorn's as is looked at
    """Return a request that is to be answered, and the writes to its connection."""
    written: list[bytes] = []
    made: dict[str, object] = {
        "default_headers": [(b"date", b"today")],
        "response_started": False,
        "response_complete": False,
        "disconnected": False,
        "waiting_for_100_continue": False,
        "flow": SimpleNamespace(write_paused=False),
        "keep_alive": True,
        "scope": {"method": "POST"},
        "transport": SimpleNamespace(write=written.append),
        "message_event": asyncio.Event(),
        "on_response": lambda: written.append(b"-- the next request"),
        "written": written,
    }
    return SimpleNamespace(**made | differs)


def test_a_whole_answer_leaves_in_one_write_and_makes_way_for_the_next_request() -> None:
    asked = cycle()
    assert send_at_once(cast(RequestResponseCycle, asked), 202, HEADERS, b"ok")
    assert asked.written == [
        b"HTTP/1.1 202 Accepted\r\ndate: today\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok",
        b"-- the next request",
    ]
    assert asked.response_complete
    assert asked.message_event.is_set()


@pytest.mark.parametrize(
    "differs",
    [
        {"response_started": True},
        {"disconnected": True},
        {"waiting_for_100_continue": True},
        {"flow": SimpleNamespace(write_paused=True)},
        {"keep_alive": False},
        {"scope": {"method": "HEAD"}},
    ],
    ids=str,
)
def test_what_is_out_of_the_ordinary_is_left_to_uvicorn(differs: dict[str, object]) -> None:
    asked = cycle(**differs)
    assert not send_at_once(cast(RequestResponseCycle, asked), 202, HEADERS, b"ok")
    assert asked.written == []


ENDS = (b"\r\n", b"\n", b"\r", b"\0")


@pytest.mark.parametrize(
    "header", [(b"connection", b"close"), *((b"location", b"/" + end + b"set-cookie: a=b") for end in ENDS)]
)
def test_an_answer_that_closes_or_carries_another_header_is_left_to_uvicorn(header: tuple[bytes, bytes]) -> None:
    asked = cycle()
    assert not send_at_once(cast(RequestResponseCycle, asked), 303, [*HEADERS, header], b"")
    assert asked.written == []

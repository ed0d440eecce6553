"""Over a real socket: what uvicorn hands on, and what it must not."""

import asyncio
import gc
import weakref
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import cast

import pytest
from starlette.types import ASGIApp

from clinic.acceptance import Acceptance
from clinic.facts import ClinicFacts
from intake.app import create_app
from intake.connection import Connection
from intake.serve import Server, listen
from tests.intake.stand_ins import SECRETS, ListAcceptance, ListMarks, ListRates
from tests.support.clock import SetClock

BODY = b"name=Jo&email=jo@example.com&message=m"
FORM = b"content-type: application/x-www-form-urlencoded\r\n"
POST = b"POST /enquiries HTTP/1.1\r\nhost: x\r\n" + FORM
CODED = POST + b"transfer-encoding: %%b\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)
WHOLE = POST + b"content-length: %d\r\n\r\n" % len(BODY) + BODY
SOON = 0.5
PATIENCE = 5.0


@pytest.fixture
def app(facts: ClinicFacts, acceptance: ListAcceptance, clock: SetClock) -> ASGIApp:
    return create_app(
        facts, cast(Acceptance, acceptance), clock, SECRETS, ListRates(), ListMarks(clock), request_seconds=SOON
    )


@pytest.fixture(autouse=True)
def short_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Connection, "head_seconds", SOON)


@pytest.fixture
async def port(app: ASGIApp) -> AsyncIterator[int]:
    listener = listen("127.0.0.1", 0)
    server = Server(app)
    running = asyncio.create_task(server.serve([listener]))
    yield listener.getsockname()[1]
    server.should_exit = True
    await running


async def talk(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """Send the parts, and return all that is answered until the other side closes or falls silent."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        async with asyncio.timeout(PATIENCE):
            while chunk := await reader.read(65536):
                answer += chunk
                if b"connection: close" not in answer and answer.endswith(b"}") is False and b"303" in answer:
                    break
    except (ConnectionResetError, BrokenPipeError):
        pass
    finally:
        writer.close()
    return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


async def test_a_form_goes_through(port: int, acceptance: ListAcceptance) -> None:
    answer = await talk(port, WHOLE)
    assert status(answer) == 303
    assert b"\r\nserver:" not in answer.lower()
    assert len(acceptance.kept) == 1


async def test_a_form_in_small_pieces_goes_through(port: int, acceptance: ListAcceptance) -> None:
    assert status(await talk(port, *[WHOLE[at : at + 40] for at in range(0, len(WHOLE), 40)], pause=0.01)) == 303
    assert acceptance.bodies == [BODY]


async def test_a_slow_body_is_given_up(port: int, acceptance: ListAcceptance) -> None:
    answer = await talk(port, POST + b"content-length: 100\r\n\r\nname=J")
    assert status(answer) == 408
    assert b"connection: close" in answer
    assert acceptance.kept == []


async def test_a_slow_head_is_given_up(port: int) -> None:
    assert status(await talk(port, b"POST /enquiries HTT")) == 408


async def test_a_head_that_drips_is_given_up(port: int) -> None:
    answer = await talk(port, b"POST / HTTP/1.1\r\n", *[b"a: b\r\n"] * 12, pause=SOON / 8)
    assert answer == b"" or status(answer) == 408


async def test_who_says_nothing_is_shut_out(port: int) -> None:
    assert await talk(port) == b""


async def test_chunks_without_end_are_given_up_at_the_cap(port: int, acceptance: ListAcceptance) -> None:
    chunk = b"1000\r\n" + b"a" * 4096 + b"\r\n"
    answer = await talk(port, POST + b"transfer-encoding: chunked\r\n\r\n", *[chunk] * 9)
    assert status(answer) == 413
    assert b"connection: close" in answer
    assert acceptance.kept == []


async def test_a_body_that_says_it_is_too_large_is_not_waited_for(port: int) -> None:
    asked = POST + b"expect: 100-continue\r\ncontent-length: 10000000\r\n\r\n"
    answer = await talk(port, asked)
    assert status(answer) == 413
    assert b"100 Continue" not in answer


IN_CHUNKS = POST + b"transfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)


async def test_what_follows_a_body_in_chunks_is_left_out(port: int, acceptance: ListAcceptance) -> None:
    assert status(await talk(port, IN_CHUNKS + b"content-type: text/plain\r\n" + b"a: b\r\n" * 100 + b"\r\n")) == 303
    assert acceptance.bodies == [BODY]


@pytest.mark.parametrize("end", [b"a: " + b"a" * 300_000, (b"a: " + b"a" * 10_000 + b"\r\n") * 30])
async def test_what_follows_a_body_in_chunks_without_end_is_given_up(
    port: int, acceptance: ListAcceptance, end: bytes
) -> None:
    assert status(await talk(port, IN_CHUNKS + end)) == 413
    assert acceptance.kept == []


GET = b"GET /healthz HTTP/1.1\r\nhost: x\r\n"


@pytest.mark.parametrize("after", [[b"\r\n"] * 50, [b"a" * 50], [b"a"] * 50], ids=["lines", "body", "drip"])
async def test_who_was_answered_and_begins_no_head_is_shut_out(port: int, after: list[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(GET + (b"\r\n" if after[0] == b"\r\n" else b"content-length: 50\r\n\r\n"))
    async with asyncio.timeout(PATIENCE):
        await reader.readuntil(b"\r\n\r\nok")
        with suppress(ConnectionResetError):
            for part in after:
                writer.write(part)
                await asyncio.sleep(SOON / 10)
                if reader.at_eof():
                    break
            assert await reader.read() == b""
    writer.close()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", {414}),
        (b"GET /" + b"a" * 3_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", {414}),
        (b"GET / HTTP/1.1\r\nhost: x\r\na: " + b"a" * 100_000 + b"\r\n\r\n", {431}),
        (b"GET / HTTP/1.1\r\nhost: x\r\na: " + b"a" * 100_000, {431}),
        (b"GET / HTTP/1.1\r\nhost: x\r\n" + b"a: b\r\n" * 500 + b"\r\n", {431}),
        (b"GET / HTTP/1.1\r\nhost: x\r\na: b\0c\r\n\r\n", {400}),
        (b"GET http://evil.test/ HTTP/1.1\r\nhost: x\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\n\r\n", {400}),
        (b"nonsense\r\n\r\n", {400}),
        (b"\x16\x03\x01\x02\x00\x01\x00", {400}),
        (POST + b"content-length: 5\r\ncontent-length: 6\r\n\r\nname=Jo", {400}),
        (POST + b"content-length: -1\r\n\r\n", {400}),
        (POST + b"content-length: 99999999999999999999\r\n\r\n", {400}),
        (POST + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", {400}),
        (POST + b"transfer-encoding: xchunked\r\n\r\n0\r\n\r\n", {400}),
        *[(CODED % coding, {400}) for coding in (b"gzip, chunked", b"identity, chunked", b"chunked, chunked", b"gzip")],
        (CODED.replace(b"%b", b"chunked\r\ntransfer-encoding: chunked"), {400}),
        ((CODED % b"chunked").replace(b"HTTP/1.1", b"HTTP/1.0"), {400}),
        *[(WHOLE.replace(b"HTTP/1.1", version), {400}) for version in (b"HTTP/2.0", b"HTTP/1.9", b"HTTP/0.9")],
        (POST + b"expect: 200-ok\r\ncontent-length: %d\r\n\r\n" % len(BODY) + BODY, {417}),
        (POST + b"host : y\r\n\r\n", {400}),
        (b"CONNECT / HTTP/1.1\r\nhost: x\r\n\r\n" + WHOLE, {400}),
        (b"CONNECT /enquiries HTTP/1.1\r\n" + POST.partition(b"\r\n")[2] + b"content-length: 2\r\n\r\n", {400}),
        (POST + b"connection: upgrade\r\nupgrade: h2c\r\ntransfer-encoding: xchunked\r\n\r\n0\r\n\r\n", {400}),
    ],
    ids=lambda value: repr(value)[:50],
)
async def test_what_is_not_a_proper_request_is_answered_and_closed(
    port: int, acceptance: ListAcceptance, sent: bytes, expected: set[int]
) -> None:
    answer = await talk(port, sent)
    assert status(answer) in expected
    assert b"connection: close" in answer
    assert b"application/problem+json" in answer
    assert b"nosniff" in answer
    assert answer.count(b"HTTP/1.1 4") == 1
    assert acceptance.kept == []


async def test_a_connection_can_be_used_again_after_a_refusal(port: int, acceptance: ListAcceptance) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    bad = b"name=&message=m"
    writer.write(POST + b"accept: application/json\r\ncontent-length: %d\r\n\r\n" % len(bad) + bad)
    assert b" 422 " in await reader.readuntil(b"\r\n")
    await reader.readuntil(b"]}")
    writer.write(WHOLE)
    assert b" 303 " in await reader.readuntil(b"\r\n")
    writer.close()
    assert len(acceptance.kept) == 1


async def test_pipelined_requests_are_each_answered(port: int, acceptance: ListAcceptance) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(WHOLE * 50)
    async with asyncio.timeout(PATIENCE):
        for _ in range(50):
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 303")
    writer.close()
    assert len(acceptance.kept) == 50


OFFERS = [
    b"connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n",
    b"Upgrade: websocket\r\nConnection: keep-alive, upgrade\r\n",
]


def offering(offer: bytes, sized: bytes = b"") -> bytes:
    """Return the form with an offer of another protocol, its body as long as it says or in chunks."""
    if sized:
        return POST + offer + b"content-length: %d\r\n\r\n" % len(sized) + sized
    return POST + offer + b"transfer-encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)


@pytest.mark.parametrize("sized", [BODY, b""], ids=["length", "chunks"])
@pytest.mark.parametrize("offer", OFFERS, ids=["h2c", "websocket"])
async def test_an_offer_of_another_protocol_is_left_alone_wherever_the_request_is_cut(
    port: int, acceptance: ListAcceptance, offer: bytes, sized: bytes
) -> None:
    whole = offering(offer, sized)
    first, *_ = whole.partition(b"\r\n\r\n")
    around = range(len(first), len(first) + 8)
    for cut in (len(whole), len(POST), len(POST) + len(offer), *around, len(whole) - 1):
        acceptance.bodies.clear()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(whole[:cut])
        await writer.drain()
        await asyncio.sleep(0.005)
        writer.write(whole[cut:] + WHOLE)
        async with asyncio.timeout(PATIENCE):
            for _ in range(2):
                assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 303"), cut
        writer.close()
        assert acceptance.bodies == [BODY] * 2


async def test_a_body_after_an_offer_is_never_taken_for_a_request(port: int, acceptance: ListAcceptance) -> None:
    head, inner = offering(OFFERS[0], WHOLE).split(b"\r\n\r\n", maxsplit=1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for part in (head + b"\r\n\r\n", inner, GET + b"\r\n"):
        writer.write(part)
        await asyncio.sleep(0.05)
    async with asyncio.timeout(PATIENCE):
        assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 422")
        assert (await reader.readuntil(b"\r\n\r\nok")).count(b"HTTP/1.1 ") == 1
    writer.close()
    assert acceptance.kept == []


async def test_offers_one_after_another_are_each_answered(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write((GET + OFFERS[1] + b"\r\n") * 100 + offering(OFFERS[0], BODY))
    async with asyncio.timeout(PATIENCE):
        for _ in range(100):
            await reader.readuntil(b"\r\n\r\nok")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 303")
    writer.close()


async def test_an_offer_by_who_also_closes_is_answered(port: int) -> None:
    answer = await talk(port, offering(OFFERS[0].replace(b"Upgrade,", b"close, Upgrade,"), BODY))
    assert status(answer) == 303
    assert b"connection: close" in answer


async def test_an_offer_that_comes_slowly_is_given_up(port: int, acceptance: ListAcceptance) -> None:
    assert status(await talk(port, offering(OFFERS[0], BODY)[:-1])) == 408
    assert status(await talk(port, (POST + OFFERS[0]))) == 408
    assert status(await talk(port, POST + OFFERS[0] + b"content-length: 100000\r\n\r\n")) == 413
    assert acceptance.kept == []


async def test_head_is_answered_without_a_body(port: int) -> None:
    head = b"HEAD /healthz HTTP/1.1\r\nhost: x\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head + head.replace(b"/healthz", b"/nowhere"))
    async with asyncio.timeout(PATIENCE):
        assert b" 200 " in await reader.readuntil(b"\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 404")
    writer.close()


async def test_a_request_leaves_nothing_for_the_garbage_collector(port: int, acceptance: ListAcceptance) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def answered(times: int) -> None:
        for _ in range(times):
            writer.write(WHOLE)
            await reader.readuntil(b"\r\n\r\n")

    await answered(5)
    gc.collect()
    gc.disable()
    try:
        await answered(100)
        assert gc.collect() < 100
    finally:
        gc.enable()
    writer.close()
    assert len(acceptance.kept) == 105


async def test_a_visitor_who_goes_in_the_middle_of_a_head_leaves_nothing_for_the_garbage_collector(port: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    gc.collect()
    gc.disable()
    try:
        writer.write(WHOLE)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(GET)
        await asyncio.sleep(0.05)
        [connection] = [weakref.ref(one) for one in gc.get_objects() if isinstance(one, Connection)]
        writer.close()
        await asyncio.sleep(0.05)
        assert connection() is None
    finally:
        gc.enable()

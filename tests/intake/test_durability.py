"""Durability: an intake whose server would lose what it acknowledges takes nothing, until that is mended."""

import asyncio
import json
import time
import urllib.error
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from clinic.errors import StoreUnavailable
from clinic.store import connect
from clinic.store.reading import Server
from intake.durability import Durability
from tests.intake.stand_ins import ENQUIRY
from tests.support.processes import NO_LIMITS, SECRET, intake, post
from tests.support.valkey import Valkey

DURABLE = Server("9.1.0", 1, 0, 1, True, ())
CHANGED = replace(DURABLE, faults=("appendfsync is everysec, not always",))
WITHIN_SECONDS = 5.0


async def held(*answers: Server | Exception) -> Sequence[bool]:
    """Return whether it held after each look that was answered so."""
    found, left = [], list(answers)

    async def look() -> Server:
        found.append(durability.holds())
        if not left:
            done.set()
            raise StoreUnavailable("away")
        answer = left.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    done = asyncio.Event()
    durability = Durability(look)
    watching = asyncio.create_task(durability.watch(every=0.001))
    await done.wait()
    watching.cancel()
    return found[1:]


async def test_it_follows_what_the_server_says_and_no_answer_changes_nothing() -> None:
    away = StoreUnavailable("away")
    assert await held(DURABLE, away, CHANGED, away, DURABLE, away) == [True, True, False, False, True, True]


async def test_a_change_is_logged_once(capsys: pytest.CaptureFixture[str]) -> None:
    await held(DURABLE, CHANGED, CHANGED, CHANGED, DURABLE, DURABLE)
    told = capsys.readouterr()
    assert (told.out + told.err).count("not_durable") == 1
    assert (told.out + told.err).count("durable_again") == 1


async def test_a_running_intake_refuses_while_its_server_is_not_durable(valkey: Valkey, tmp_path: Path) -> None:
    given = {"REDIS_URL": valkey.url, "FRONTDESK_SECRET": SECRET, **NO_LIMITS}
    taking, url = await asyncio.to_thread(intake, tmp_path, given)
    redis = connect(valkey.url)
    try:
        assert await said(url) is None
        await redis.config_set("appendfsync", "everysec")
        refused = await until(url, refused=True)
        assert refused is not None
        assert (refused.code, refused.headers["retry-after"].isdecimal()) == (503, True)
        assert "Please phone us on" in json.loads(refused.read())["detail"]
        assert await said(url) is not None
        await redis.config_set("appendfsync", "always")
        await until(url, refused=False)
        assert taking.output.count("not_durable") == taking.output.count("durable_again") == 1
    finally:
        await redis.aclose()
        assert await asyncio.to_thread(taking.stop) == 0


async def said(url: str) -> urllib.error.HTTPError | None:
    """Send an enquiry, and return how it was refused."""
    try:
        await asyncio.to_thread(post, url + "/enquiries", json.dumps(ENQUIRY).encode())
    except urllib.error.HTTPError as error:
        return error
    return None


async def until(url: str, *, refused: bool) -> urllib.error.HTTPError | None:
    """Send enquiries until one is refused, or is not."""
    began = time.monotonic()
    while ((answer := await said(url)) is not None) is not refused:
        assert time.monotonic() - began < WITHIN_SECONDS, "nothing changed"
        await asyncio.sleep(0.1)
    return answer

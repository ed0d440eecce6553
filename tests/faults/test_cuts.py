"""A connection cut at any byte loses nothing and doubles nothing that need not be; here at a sample of bytes."""

from collections.abc import AsyncIterator

import pytest

from clinic.delivery import Kind
from clinic.facts import ClinicFacts
from tests.faults.accept_cuts import Dialogue
from tests.faults.mail_cuts import MailDialogue
from tests.support.proxy import Proxy
from tests.support.relay import ScriptedRelay
from tests.support.valkey import Client, Valkey

SAMPLES = 25


@pytest.fixture
async def way(shared_valkey: Valkey) -> AsyncIterator[Proxy]:
    """Return a way to the server that can be cut."""
    path = shared_valkey.socket.with_name("proxy")
    async with Proxy(shared_valkey.socket, path) as proxy:
        yield proxy


def sample(length: int) -> list[int]:
    """Return bytes spread over a dialogue, the first and the last among them."""
    return sorted({round(length * step / SAMPLES) for step in range(SAMPLES + 1)} | {1, length - 1})


@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
@pytest.mark.parametrize("direction", ["up", "down"])
async def test_acceptance_cut_anywhere_leaves_one_record_or_none(
    way: Proxy, redis: Client, facts: ClinicFacts, shared_valkey: Valkey, *, cold: bool, direction: str
) -> None:
    dialogue = Dialogue(way, redis, facts, shared_valkey.socket.with_name("proxy"), cold)
    await dialogue.length()
    length = (await dialogue.length())[direction]  # type: ignore[index]  # a Literal
    wrong: list[str] = []
    for byte in sample(length):
        wrong += await dialogue.cut(direction, byte)  # type: ignore[arg-type]  # a Literal
    assert wrong == []


@pytest.mark.parametrize("kind", [Kind.ALERT, Kind.CONFIRMATION])
@pytest.mark.parametrize("direction", ["up", "down"])
async def test_mail_cut_anywhere_arrives_and_only_after_its_last_byte_twice(
    redis: Client, facts: ClinicFacts, kind: Kind, direction: str
) -> None:
    async with ScriptedRelay() as relay, Proxy(("127.0.0.1", relay.port)) as proxy:
        dialogue = MailDialogue.of(proxy, relay, redis, facts, kind)
        await dialogue.length()
        length = (await dialogue.length())[direction]  # type: ignore[index]  # a Literal
        ends = [await dialogue.cut(direction, byte) for byte in sample(length)]  # type: ignore[arg-type]  # a Literal
    assert [fault for end in ends for fault in end.faults] == []
    assert not any(end.doubled for end in ends if not end.in_window)

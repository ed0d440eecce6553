"""A record that can't be read says why, and whether another process may be able to."""

import json
from typing import Any

import pytest

from clinic.facts import ClinicFacts
from clinic.records import Records, Unreadable
from clinic.seal import Seal
from clinic.store import Store
from tests.support.clock import SetClock
from tests.support.processes import SECRET
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client

REFERENCE = "CFGH3467"


async def kept(redis: Client, facts: ClinicFacts, relay: ScriptedRelay) -> tuple[str, bytes]:
    """Have an enquiry accepted, and return its reference and its sealed record."""
    service = Service(redis, facts, relay.url, SetClock())
    reference = (await service.accept()).reference
    await service.close()
    return reference, await redis.get(f"enquiry:{reference}") or b""


def of_another_edition(redis: Client, facts: ClinicFacts) -> Records:
    """Return what a process reads records with whose clinic file is another."""
    return Records(Store(redis), Seal([SECRET]), facts.model_copy(update={"name": "Another"}))


@pytest.mark.parametrize(
    ("sealed", "cause", "elsewhere"),
    [
        (b"", "record-missing", False),
        (b"not sealed by anybody, and longer than a nonce", "seal-unknown", True),
        (Seal(["n" * 40]).close(b"{}", REFERENCE), "seal-unknown", True),
        (Seal([SECRET]).close(b"{}", "CFGH3469"), "seal-broken", False),
        (Seal([SECRET]).close(b'{"version":99}', REFERENCE), "record-unknown", True),
    ],
    ids=["gone", "no seal", "another secret", "another reference", "another version"],
)
async def test_it_says_why_and_whether_another_process_may_read_it(
    redis: Client, facts: ClinicFacts, sealed: bytes, cause: str, *, elsewhere: bool
) -> None:
    with pytest.raises(Unreadable) as caught:
        await Records(Store(redis), Seal([SECRET]), facts).subject(REFERENCE, sealed)
    assert (caught.value.cause, caught.value.elsewhere) == (cause, elsewhere)


async def test_facts_that_are_gone_are_still_known_to_whoever_has_that_clinic_file(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    reference, sealed = await kept(redis, facts, relay)
    await redis.delete(*await redis.keys("facts:*"))
    with pytest.raises(Unreadable) as caught:
        await of_another_edition(redis, facts).subject(reference, sealed)
    assert (caught.value.cause, caught.value.elsewhere) == ("facts-missing", True)
    assert (await Records(Store(redis), Seal([SECRET]), facts).subject(reference, sealed)).facts == facts


def later(node: Any) -> Any:  # noqa: ANN401 - whatever stands in JSON
    """Return facts as a later version may write them: one more name in every table."""
    if isinstance(node, dict):
        return {name: later(value) for name, value in node.items()} | {"of_a_later_version": 1}
    return [later(value) for value in node] if isinstance(node, list) else node


async def test_names_of_a_later_version_in_stored_facts_are_passed_over(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    written = json.loads(facts.canonical()) | {
        "closure": [{"first": "2026-12-24", "until": "2027-01-02"}],
        "site": [{"slug": "riverside", "name": "Riverside"}],
    }
    facts = ClinicFacts.model_validate_json(json.dumps(written))
    reference, sealed = await kept(redis, facts, relay)
    [key] = await redis.keys("facts:*")
    await redis.set(key, json.dumps(later(written)))
    assert (await of_another_edition(redis, facts).subject(reference, sealed)).facts == facts


async def test_what_a_later_version_says_and_this_one_has_no_words_for_is_another_s_to_read(
    redis: Client, facts: ClinicFacts, relay: ScriptedRelay
) -> None:
    reference, sealed = await kept(redis, facts, relay)
    [key] = await redis.keys("facts:*")
    await redis.set(key, json.dumps(json.loads(facts.canonical()) | {"languages": ["en", "tlh"]}))
    with pytest.raises(Unreadable) as caught:
        await of_another_edition(redis, facts).subject(reference, sealed)
    assert (caught.value.cause, caught.value.elsewhere) == ("facts-unknown", True)

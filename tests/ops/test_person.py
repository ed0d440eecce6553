"""What a person may ask for, on the command line: all that is kept of them, and that it is forgotten."""

import asyncio
import json
from pathlib import Path

import pytest

from clinic.acts import Acts
from clinic.facts import ClinicFacts
from clinic.seal import Seal
from clinic.store import Rewriting, Staff
from ops.person import off_the_disk
from tests.ops.command_line import on_server, refused, run, spaced
from tests.support.valkey import Client, Valkey

pytestmark = pytest.mark.usefixtures("given")


def test_all_that_is_kept_of_a_person_is_handed_out(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    reference = refused(shared_valkey, facts, relay_says=None)
    kept = json.loads(run("export", reference).output)
    assert kept["enquiry"]["name"] == "Patient 7"
    assert kept["enquiry"]["email"] == "patient-7@example.org"
    assert kept["deliveries"]["confirmation"] == {"state": "sent", "cause": "dot-250"}
    assert kept["acts"] == []


def test_what_is_kept_is_handed_out_though_an_act_of_a_lost_secret_is_among_it(
    shared_valkey: Valkey, facts: ClinicFacts
) -> None:
    reference = refused(shared_valkey, facts, relay_says=None)
    on_server(shared_valkey, lambda redis: Acts(Staff(redis), Seal(["o" * 40])).note(reference, "Jo", "Rang"))
    [act] = json.loads(run("export", reference).output)["acts"]
    assert (act["what"], act["by"], act["note"]) == ("noted", None, None)


def test_what_is_erased_is_off_the_disk_and_its_mails_are_stopped(
    valkey: Valkey, facts: ClinicFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", valkey.url)
    reference = refused(valkey, facts, relay_says=b"451 4.3.0 later\r\n")
    sealed = on_server(valkey, lambda redis: redis.get(f"enquiry:{reference}"))

    def on_disk() -> bool:
        return any(sealed in file.read_bytes() for file in (tmp_path / "appendonlydir").iterdir())

    assert on_disk()
    assert run("erase", reference, answer="n\n").exit_code == 1
    assert "is erased; its append-only file is written anew" in run("erase", *spaced(reference).split(), "--yes").output
    assert not on_disk()
    left = [
        *on_server(valkey, lambda redis: redis.zrange("diary", 0, -1)),
        *on_server(valkey, lambda redis: redis.zrange("retrying", 0, -1)),
    ]
    assert not [member for member in left if reference.encode() in member]
    assert "it may have been erased" in str(run("export", reference).exception)


async def test_an_erasure_waits_for_no_rewrite_that_a_worker_has_done(redis: Client) -> None:
    async with asyncio.timeout(5):
        assert await off_the_disk(Rewriting(redis))


def test_what_is_not_over_is_not_forgotten_by_hand_either(shared_valkey: Valkey, facts: ClinicFacts) -> None:
    reference = refused(shared_valkey, facts, relay_says=None)
    assert run("purge", answer="n\n").exit_code == 1
    assert run("purge", "--yes").output == "0 forgotten\n"
    assert json.loads(run("export", reference).output)["enquiry"]["name"] == "Patient 7"

"""The table of where the time goes: what a request and a mail cost each process, and which steps that is made of."""

import argparse
import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from redis import Redis

from bench.growth import WARM, offered_by, sent, wait_with
from bench.intake import intake_rate
from bench.section import Section, console
from bench.stand import BODY, Stand, cpu_of, sink, stand
from clinic.acceptance import Accepted
from clinic.clock import WallClock
from clinic.delivery import DeliveryName, Kind
from clinic.enquiry import read_enquiry
from clinic.facts import ClinicFacts, read_facts
from clinic.hint import hint_message
from clinic.record import Record, fresh_bytes, read_record
from clinic.seal import Blinder, Seal
from clinic.settings import ROOT
from intake.client import client_of
from intake.fields import json_fields
from intake.links import Confirmation, ConfirmationLinks
from intake.places import Places
from intake.receipt import receipt_bytes
from tests.support.processes import SECRET
from workers.mails import compose, letter, packaged
from workers.message import message_bytes
from workers.stencils import Stencils

SECONDS = 4.0
TURNS = 2_000
WAITING = 6_000


def profile(_chosen: argparse.Namespace) -> Section:
    """Measure processor time under load by process, and steps one by one in a process with nothing else to do."""
    console.print("  where the time goes: intake, 64 connections")
    with stand("ours") as made:
        rows = _of_the_intake(made)
    console.print("  where the time goes: a worker")
    with sink() as port, stand("ours", port) as made:
        rows += _of_a_worker(made)
    console.print("  where the time goes: steps")
    rows += _steps(read_facts(ROOT / "clinic.toml"))
    return "Where the time goes", ("", "what", "us"), [(where, what, f"{cost:,.0f}") for where, what, cost in rows]


def _of_the_intake(made: Stand) -> list[tuple[str, str, float]]:
    intake_rate(made, 4, 1)
    with Redis(unix_socket_path=str(made.valkey.socket)) as redis:
        return _by_process(
            made,
            "intake",
            lambda: int(redis.hget("counts", "accepted") or 0),
            lambda: intake_rate(made, 64, int(SECONDS)),
            "a request under load",
        )


def _of_a_worker(made: Stand) -> list[tuple[str, str, float]]:
    asyncio.run(wait_with(made, WAITING))
    with Redis(unix_socket_path=str(made.valkey.socket)) as redis:
        made.start("worker", "-P", "-m", "ops", "worker")
        while sent(redis) < WARM:
            time.sleep(0.01)
        return _by_process(made, "worker", lambda: sent(redis), lambda: time.sleep(SECONDS), "a mail under load")


def _by_process(
    made: Stand, name: str, done: Callable[[], int], run: Callable[[], object], what: str
) -> list[tuple[str, str, float]]:
    pids = {name: made.processes[name].pid, "Valkey": made.valkey.pid}
    before, first = {each: cpu_of(pid) for each, pid in pids.items()}, done()
    run()
    count = done() - first
    return [(f"{each}'s processor", what, (cpu_of(pid) - before[each]) / count * 1e6) for each, pid in pids.items()]


def _steps(facts: ClinicFacts) -> list[tuple[str, str, float]]:
    """Time each step by itself; with caches as warm as they are in a process that has run for a while."""
    now, clock = datetime.now(UTC), WallClock()
    enquiry = read_enquiry(json_fields(BODY), offered_by(facts))
    record = Record(reference="CFGH3467", received_at=now, facts=facts.edition(), enquiry=enquiry)
    seal, blinder = Seal([SECRET]), Blinder(SECRET, "limits")

    def sealed() -> bytes:
        return seal.close(fresh_bytes(record.reference, now, record.facts, enquiry), record.reference)

    stored = sealed()
    place, links = Places(facts).of(""), ConfirmationLinks([SECRET], clock)
    accepted, scope = Accepted(record.reference, now, repeated=False), {"client": ("192.0.2.7", 1)}

    def sides() -> list[bytes]:
        return [blinder.blind(who.encode()) for who in client_of(scope, [], 0) or ()]

    confirmation, alert = DeliveryName(Kind.CONFIRMATION), DeliveryName(Kind.ALERT)
    stencils = Stencils(packaged())
    steps: list[tuple[str, str, Callable[[], object]]] = [
        ("intake", "reading and checking the body", lambda: read_enquiry(json_fields(BODY), offered_by(facts))),
        ("intake", "naming two limits", sides),
        ("intake", "sealing the record", sealed),
        ("intake", "the hint", lambda: hint_message(record.reference)),
        ("intake", "signing the link", lambda: links.path(Confirmation(record.reference, now, ""))),
        ("intake", "the receipt", lambda: receipt_bytes(accepted, place, "")),
        ("worker", "opening the record", lambda: read_record(seal.open(stored, record.reference))),
        ("worker", "filling in a confirmation", lambda: letter(confirmation, record, facts, stencils=stencils)),
        ("worker", "filling in an alert", lambda: letter(alert, record, facts, stencils=stencils)),
        ("worker", "rendering a confirmation", lambda: message_bytes(compose(confirmation, record, facts))),
    ]
    return [(where, what, _microseconds(step)) for where, what, step in steps]


def _microseconds(step: Callable[[], object]) -> float:
    for _ in range(20):
        step()
    began = time.process_time()
    for _ in range(TURNS):
        step()
    return (time.process_time() - began) / TURNS * 1e6

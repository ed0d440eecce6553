"""Three intakes and four workers on machines of their own: every mail once, and every counter is the relay's.

The relay says "later" to some and "no" to some, so that there is something to count.
"""

import asyncio
import json
import re
import time
from collections import Counter
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from clinic.settings import ROOT
from clinic.store import connect
from clinic.store.categories import category
from ops.monitor.serve import FRESH_SECONDS
from ops.roles import write_secrets
from tests.support.certificates import certificate
from tests.support.clock import pass_time
from tests.support.fleet import free_port
from tests.support.ledger import Ledger
from tests.support.load import Load
from tests.support.machines import BRIDGE, machines, possible
from tests.support.processes import NO_LIMITS, Process
from tests.support.relay import Answer, ScriptedRelay
from tests.support.valkey import DURABLE, Client, Valkey
from tests.support.without import without

INTAKES, WORKERS, ENQUIRIES = 3, 4, 600
# Patients whom the relay does not know, and those whom it takes at the second try; some alerts too.
REFUSED = {300, 301, 302}
LATER = range(10, 17)
LATER_ALERTS = 4
RETRIED = len(LATER) + LATER_ALERTS
# The steps of a conversation before anything of a mail is said.
BEFORE = ("connect", "ehlo", "tls")
WAITING = (b"reminder-", b"escalation-", b"digest-", b"canary", b"purge")


class Moody:
    """How the relay answers RCPT, with a count of what it said by whom it said it of."""

    def __init__(self) -> None:
        self.said: Counter[tuple[str, int]] = Counter()
        self._put_off: set[str] = set()
        self._alerts = 0

    def __call__(self, line: str) -> Answer | None:
        address = line.partition("<")[2].partition(">")[0]
        number = int(found[1]) if (found := re.match(r"patient-(\d+)@", address)) else None
        if number in REFUSED:
            return self._say("confirmation", 550)
        if number in LATER and address not in self._put_off:
            self._put_off.add(address)
            return self._say("confirmation", 451)
        if number is None and self._alerts < LATER_ALERTS:
            self._alerts += 1
            return self._say("alert", 451)
        return None

    def _say(self, kind: str, code: int) -> Answer:
        self.said[kind, code] += 1
        return Answer(f"{code} 4.3.0 no\r\n".encode())


async def test_every_mail_goes_once_and_every_counter_is_the_relay_s(tmp_path: Path) -> None:
    if missing := possible():
        without(f"NO MACHINES, so several were not tried: {missing}")
    secrets = tmp_path / "secrets"
    write_secrets(secrets, "valkey")
    tls, trusted = certificate(tmp_path, address=BRIDGE)
    facts = tmp_path / "clinic.toml"
    facts.write_text((ROOT / "clinic.toml").read_text().replace("flood = 20", "flood = 0"))
    ledger = Ledger("relay")
    with machines(INTAKES + WORKERS) as made:
        server = Valkey(tmp_path, [*DURABLE, "--aclfile", str(secrets / "users.acl")], port=free_port(), host=BRIDGE)
        await asyncio.to_thread(server.start)
        running: list[Process] = []

        def start(name: str, command: str, before: list[str], **more: str) -> Process:
            url = (
                (secrets / f"redis_url_{command}").read_text().strip().replace("valkey:6379", f"{BRIDGE}:{server.port}")
            )
            environment = {
                "REDIS_URL": url,
                "FRONTDESK_SECRET_FILE": str(secrets / "frontdesk_secret"),
                "CLINIC_FILE": str(facts),
                **NO_LIMITS,
                **more,
            }
            running.append(Process(tmp_path, name, command, environment=environment, before=before))
            return running[-1]

        moody = Moody()
        relay = ScriptedRelay(tls=tls, offers=("STARTTLS",), host=BRIDGE, taken=ledger, script={"RCPT": moody})
        try:
            async with relay:
                smtp = f"{relay.url}?ca={trusted}"
                for number, (before, _) in enumerate(made[INTAKES:]):
                    start(f"worker-{number}", "worker", before, SMTP_URL=smtp)
                for number, (before, _) in enumerate(made[:INTAKES]):
                    start(f"intake-{number}", "intake", before, INTAKE_HOST="0.0.0.0", INTAKE_PORT="8000")  # noqa: S104
                monitor = start("monitor", "monitor", [], MONITOR_PORT="0")
                page = (await asyncio.to_thread(monitor.ready, "monitor ready on ")).split("ready on ")[1]
                for process in running[:-1]:
                    await asyncio.to_thread(process.ready, "ready")
                load = Load([(address, 8000) for _, address in made[:INTAKES]], ENQUIRIES, 200.0)
                async with httpx.AsyncClient() as client:
                    loading = asyncio.create_task(load.run())
                    while not loading.done():
                        assert (await client.get(f"{page}/metrics")).status_code == 200
                        await asyncio.sleep(0.2)
                    await loading
                    deadline = time.monotonic() + 90
                    # Each has its alert, its confirmation or the word of one that can't be delivered.
                    while len(ledger.copies) < 2 * ENQUIRIES - RETRIED:
                        assert time.monotonic() < deadline, len(ledger.copies)
                        await asyncio.sleep(0.1)
                    await drained(secrets, server)
                    # What was read a moment ago still serves all who ask.
                    await asyncio.sleep(FRESH_SECONDS)
                    told = (await client.get(f"{page}/metrics")).text
        finally:
            await asyncio.gather(*(asyncio.to_thread(process.stop) for process in running))
            server.remove()
    copies = Counter((copy.reference, copy.delivery) for copy in ledger.copies)
    references = {number: answered.reference for number, answered in load.answered.items()}
    assert len(set(references.values())) == ENQUIRIES
    wanted = {(one, "alert-0") for one in references.values()}
    wanted |= {(one, "undeliverable-0" if number in REFUSED else "confirmation") for number, one in references.items()}
    assert copies == dict.fromkeys(wanted, 1)
    counted = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
        if family.type == "counter" or sample.name.endswith(("_count", "_bucket"))
    }
    # Of a histogram only what holds all of them is the relay's to know: how long each took is not.
    every = {sample: number for sample, number in counted.items() if "_bucket" not in sample[0] or "+Inf" in sample}
    expected = by_the_relay(ledger, moody) + by_no_relay(tmp_path)
    assert {sample: number for sample, number in every.items() if number} == expected
    assert len(every) > 60
    gauges = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }
    assert (gauges["frontdesk_workers",], gauges["frontdesk_intakes",]) == (WORKERS, INTAKES)
    assert gauges["frontdesk_deliveries", "confirmation", "failed"] == len(REFUSED)


def by_no_relay(folder: Path) -> Counter[tuple[str, ...]]:
    """Return what was put back before any relay heard of it, as on a machine that is too busy to connect in time."""
    found: Counter[tuple[str, ...]] = Counter()
    for log in folder.glob("worker-*.log"):
        for line in log.read_text().splitlines():
            event = json.loads(line) if line.startswith("{") else {}
            if event.get("state") == "due" and (step := category(event["cause"])) in BEFORE:
                found["frontdesk_deliveries_retried_total", event["delivery"].partition("-")[0]] += 1
                found["frontdesk_attempts_ended_total", step] += 1
    return found


def by_the_relay(ledger: Ledger, moody: Moody) -> Counter[tuple[str, ...]]:
    """Return what every counter that is not zero should be, by what the relay took and said."""
    sent = Counter(copy.delivery.partition("-")[0] for copy in ledger.copies)
    expected: Counter[tuple[str, ...]] = Counter(
        {
            ("frontdesk_enquiries_accepted_total",): ENQUIRIES,
            ("frontdesk_attempts_ended_total", "dot"): len(ledger.copies),
            ("frontdesk_attempts_ended_total", "rcpt"): sum(moody.said.values()),
            ("frontdesk_deliveries_ended_total", "confirmation", "failed"): moody.said["confirmation", 550],
        }
    )
    for kind, number in sent.items():
        expected["frontdesk_deliveries_ended_total", kind, "sent"] = number
        expected["frontdesk_due_to_sent_seconds_count", kind] = number
        expected["frontdesk_due_to_sent_seconds_bucket", kind, "+Inf"] = number
    for (kind, code), number in moody.said.items():
        if code == 451:
            expected["frontdesk_deliveries_retried_total", kind] = number
    return expected


async def drained(secrets: Path, server: Valkey) -> None:
    url = (secrets / "redis_url_staff").read_text().strip().replace("valkey:6379", f"{BRIDGE}:{server.port}")
    redis: Client = connect(url)
    # Until the leases of those just sent are settled, no time may pass for them.
    await asyncio.sleep(1)
    await pass_time(redis, 90)
    for _ in range(600):
        members = await redis.zrange("diary", 0, -1)
        if all(member.partition(b"/")[2].startswith(WAITING) for member in members):
            break
        await asyncio.sleep(0.1)
    await redis.aclose()

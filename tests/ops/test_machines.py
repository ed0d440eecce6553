"""Three intakes and four workers on machines of their own: every mail once, and every counter is the relay's."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families

from clinic.settings import ROOT
from clinic.store import connect
from ops.monitor.serve import FRESH_SECONDS
from ops.roles import write_secrets
from tests.support.certificates import certificate
from tests.support.fleet import free_port
from tests.support.ledger import Ledger
from tests.support.load import Load
from tests.support.machines import BRIDGE, machines, possible
from tests.support.processes import NO_LIMITS, Process
from tests.support.relay import ScriptedRelay
from tests.support.valkey import DURABLE, Client, Valkey
from tests.support.without import without

INTAKES, WORKERS, ENQUIRIES = 3, 4, 600
WAITING = (b"reminder-", b"escalation-", b"digest-", b"canary", b"purge")


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

        relay = ScriptedRelay(tls=tls, offers=("STARTTLS",), host=BRIDGE, taken=ledger)
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
                    await drained(secrets, server)
                    # What was read a moment ago still serves all who ask.
                    await asyncio.sleep(FRESH_SECONDS)
                    told = (await client.get(f"{page}/metrics")).text
        finally:
            for process in reversed(running):
                await asyncio.to_thread(process.stop)
            server.remove()
    copies = Counter((copy.reference, copy.delivery) for copy in ledger.copies)
    references = {answered.reference for answered in load.answered.values()}
    assert len(references) == ENQUIRIES
    assert copies == dict.fromkeys([(one, name) for one in references for name in ("alert-0", "confirmation")], 1)
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }
    by_kind = Counter(delivery.partition("-")[0] for _, delivery in copies)
    for kind in ("alert", "confirmation"):
        assert found["frontdesk_deliveries_ended_total", kind, "sent"] == by_kind[kind]
        assert found["frontdesk_due_to_sent_seconds_count", kind] == by_kind[kind]
        assert found["frontdesk_deliveries_retried_total", kind] == 0
    assert found["frontdesk_enquiries_accepted_total",] == ENQUIRIES
    assert found["frontdesk_attempts_ended_total", "dot"] == len(ledger.copies)
    assert found["frontdesk_workers",] == WORKERS


async def drained(secrets: Path, server: Valkey) -> None:
    url = (secrets / "redis_url_staff").read_text().strip().replace("valkey:6379", f"{BRIDGE}:{server.port}")
    redis: Client = connect(url)
    for _ in range(600):
        members = await redis.zrange("diary", 0, -1)
        if all(member.partition(b"/")[2].startswith(WAITING) for member in members):
            break
        await asyncio.sleep(0.1)
    await redis.aclose()

"""Records, templates and memory fail: 14, 21 and 40 to 44 of the list."""

import asyncio
import time

from clinic.delivery import CLAIMS_AT_MOST
from clinic.errors import StoreUnavailable
from clinic.store.words import Claim
from clinic.templates import MailTemplates
from tests.faults.bench import PATIENT, Bench, Case
from tests.faults.row import Row
from tests.support.relay import Answer
from workers.courier import Courier

BESIDE = 10


async def unreadable(bench: Bench) -> Row:
    """40: records that were changed, are gone, are sealed with a secret that is lost, or of an unknown version."""
    service = bench.service()
    broken = [(await service.accept(number)).reference for number in range(4)]
    await bench.redis.set(f"enquiry:{broken[0]}", service.seal.close(b"{}", broken[1]))
    await bench.redis.delete(f"enquiry:{broken[1]}")
    await bench.redis.set(f"enquiry:{broken[2]}", b"not sealed by anybody, and longer than a nonce")
    await bench.redis.set(f"enquiry:{broken[3]}", service.seal.close(b'{"version":99}', broken[3]))
    for number in range(4, 4 + BESIDE):
        await service.accept(number)
    await service.work()
    bench.expect(len(bench.relay.taken) == 2 * BESIDE, f"{len(bench.relay.taken)} mails while poison is about")
    await service.work_off(hours=1)
    await stand(bench, "failed", ("seal-broken", "record-missing"))
    await stand(bench, "due", ("seal-unknown", "record-unknown"))
    await service.work_off()
    await stand(bench, "failed", ("seal-broken", "record-missing", "seal-unknown", "record-unknown"))
    told = f"4, among {BESIDE} good ones; fail after 3 tries, or when no worker could read them in all their time"
    return await bench.row("40 records that can't be read", told)


async def stand(bench: Bench, state: str, causes: tuple[str, ...]) -> None:
    """See that an alert and a confirmation of each cause stand so."""
    states = await bench.states()
    for kind in ("alert", "confirmation"):
        for cause in causes:
            bench.expect(states[f"{kind} {state} {cause}"] == 1, f"{kind} {cause}: {states}")


async def deadly(bench: Bench) -> Row:
    """41: a delivery that ends every process which tries it; each time the lease runs out."""
    service = bench.service()
    deadly = (await service.accept()).reference
    tries = 0

    async def deliver(claim: Claim) -> None:
        nonlocal tries
        if claim.reference == deadly and claim.claims <= CLAIMS_AT_MOST:
            tries += 1
            raise SystemError  # the process is gone: nothing is settled
        await service.attempts.deliver(claim)

    service.courier = Courier(service.store, deliver)
    for number in range(1, 1 + BESIDE):
        await service.accept(number)
    await service.work_off()
    states = await bench.states()
    bench.expect(tries == 3 * CLAIMS_AT_MOST, f"tried {tries} times")
    for kind in ("alert", "confirmation", "undeliverable"):
        bench.expect(states[f"{kind} failed poison"] == 1, f"{states}")
    return await bench.row(
        "41 a record that ends its worker", f"1, among {BESIDE} good ones; fails as `poison` after 3 tries"
    )


async def old_backup(bench: Bench) -> Row:
    """21: a backup of four days ago comes back with its diary: nothing of it is mailed."""
    service = bench.service()
    for number in range(BESIDE):
        await service.accept(number)
    bench.clock.forward(4 * 24 * 3600)
    await service.work_off()
    states = await bench.states()
    told = sum(not mail.to.startswith(PATIENT) for mail in bench.relay.taken)
    bench.expect(len(bench.relay.taken) == told, "patients were mailed")
    bench.expect(states["alert failed too-old"] == states["confirmation failed too-old"] == BESIDE, f"{states}")
    return await bench.row("21 a backup of 4 days ago is restored", f"{BESIDE} enquiries; none mailed, all listed")


async def broken_template(bench: Bench) -> Row:
    """42: no template works: reception gets the plain alert, and is told to phone the patient."""
    service = bench.service(templates=MailTemplates(bench.folder / "nothing here"))
    await service.accept()
    await service.work_off()
    states = await bench.states()
    bench.expect(states["alert sent dot-250"] == 1, f"{states}")
    bench.expect(states["confirmation failed template"] == 1, f"{states}")
    bench.expect(states["undeliverable sent dot-250"] == 1, f"{states}")
    return await bench.row("42 every template is broken", "1 enquiry; a plain alert goes out")


async def full(bench: Bench) -> Row:
    """14: no memory is left: nothing is promised, and what was promised is still delivered."""
    service = bench.service()
    for number in range(BESIDE):
        await service.accept(number)
    await bench.redis.config_set("maxmemory", "1mb")
    refused = 0
    try:
        for number in range(BESIDE, 2 * BESIDE):
            try:
                await service.accept(number)
            except StoreUnavailable:
                refused += 1
        await service.work_off()
    finally:
        await bench.redis.config_set("maxmemory", "0")
    records = len(await bench.redis.keys("enquiry:*"))
    bench.expect(refused == BESIDE and records == BESIDE, f"{refused} refused, {records} records")
    return await bench.row("14 Valkey out of memory", f"{BESIDE} accepted before, {BESIDE} refused while it is full")


async def stalled_confirmations(bench: Bench) -> Row:
    """44: every confirmation stalls at the relay; alerts pass."""
    bench.relay.script["RCPT"] = lambda line: Answer(None) if PATIENT in line else None
    service = bench.service(attempt_seconds=60.0)
    for number in range(20):
        await service.accept(number)
    began = time.monotonic()
    working = asyncio.create_task(service.work())
    # Not only taken but answered and stored: the next lines cut every connection.
    while (await bench.states())["alert sent dot-250"] < 20 and time.monotonic() - began < 10:
        await asyncio.sleep(0.01)
    waited = time.monotonic() - began
    bench.relay.script.clear()
    bench.relay.drop()
    await working
    await service.work_off()
    return await bench.row("44 every confirmation stalls", "20 enquiries at once", recovery=waited, at_most=10.0)


CASES: dict[str, Case] = {
    "unreadable records": unreadable,
    "a record that ends its worker": deadly,
    "an old backup": old_backup,
    "broken templates": broken_template,
    "a full store": full,
    "confirmations that stall": stalled_confirmations,
}

"""The relay falls silent: before the dot, after it, and after it has said yes (26, 28 and 29 of the list)."""

from tests.faults.bench import PATIENT, SENT, Bench, Case
from tests.faults.row import Row
from tests.support.relay import Answer
from workers.window import PATIENCE_SECONDS


async def stalled(bench: Bench) -> Row:
    """26: every verb in turn never answers."""
    for number, verb in enumerate(("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT")):
        bench.relay.first(verb, 2, None)
        # Whoever finds another mail in the window waits for it a while, and must have time left for its own dot.
        service = bench.service(attempt_seconds=1.5 * PATIENCE_SECONDS if verb == "DOT" else 0.3)
        await service.accept(number)
        await service.work()
        states = await bench.states()
        bench.expect(states[f"alert due {verb.lower()}-silence"] == 1, f"{verb}: {states}")
        await service.work_off()
        bench.relay.script.clear()
    # Only the two that stalled after the dot were taken at once and went again.
    return await bench.row("26 stall at every verb", "6 enquiries; the attempt's deadline fires", allowed=2)


async def dropped_after_the_dot(bench: Bench) -> Row:
    """28: the connection is lost after the dot, once the mail is kept and once it is not."""
    for number, keep in enumerate((True, False)):
        bench.relay.first("DOT", 2, None, drop=True, keep=keep)
        service = bench.service()
        await service.accept(number)
        await service.work_off()
    bench.expect(await bench.states() == dict.fromkeys(SENT, 2), f"{await bench.states()}")
    return await bench.row("28 connection lost after the dot", "2 enquiries, mail kept and not kept", allowed=2)


async def always_dropped_after_the_dot(bench: Bench) -> Row:
    """28: a relay that never answers a dot: a confirmation goes twice and is then for a human."""
    bench.relay.script["DOT"] = lambda _line: Answer(None, drop=True)
    service = bench.service()
    await service.accept()
    await service.work_off(hours=0.5)
    copies = [mail for mail in bench.relay.taken if PATIENT in mail.to]
    bench.expect(len(copies) == 2, f"{len(copies)} confirmations")
    states = await bench.states()
    bench.expect(states["confirmation in_doubt dot-silence"] == 1, f"{states}")
    bench.relay.script.clear()
    await service.work_off()
    bench.expect((await bench.states())["undeliverable sent dot-250"] == 1, f"{await bench.states()}")
    extra = len(bench.relay.taken) - 3
    return await bench.row("28 no dot is ever answered", "1 enquiry; alerts go on, a confirmation twice", allowed=extra)


async def reset_after_success(bench: Bench) -> Row:
    """29: 250, then a reset connection; QUIT is refused."""
    mails = [0]

    def answer(_line: str) -> Answer | None:
        mails[0] += 1
        return Answer(None, drop=True) if mails[0] % 2 == 0 else None

    bench.relay.script["MAIL"] = answer
    bench.relay.always("QUIT", b"500 what\r\n")
    service = bench.service()
    for number in range(6):
        await service.accept(number)
        await service.work()
    await service.work_off()
    bench.expect(set(await bench.states()) == set(SENT), f"{await bench.states()}")
    return await bench.row("29 reset after 250, QUIT fails", "6 enquiries")


CASES: dict[str, Case] = {
    "stall": stalled,
    "lost after the dot": dropped_after_the_dot,
    "no dot answered": always_dropped_after_the_dot,
    "reset after 250": reset_after_success,
}

"""The relay answers, and not well: 4xx, 5xx, greylisting, drips, garbage, one of three refused (23-25, 27, 30, 33)."""

from clinic.delivery import ALERT_SCHEDULE, CONFIRMATION_SCHEDULE, JITTER, RetrySchedule
from tests.faults.bench import PATIENT, SENT, Bench, Case
from tests.faults.row import Row
from tests.support.relay import Answer

VERBS = ("CONNECT", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DOT")
LOGIN = "smtp://user:right@127.0.0.1"


def longest_wait(schedule: RetrySchedule, until: float) -> float:
    """Return the latest second at which a schedule tries after `until` seconds of faults, whatever the jitter."""
    soonest, attempts = 0.0, 0
    while soonest < until:
        # As many tries as the jitter can fit in, the last of them a moment before the faults are over.
        attempts += 1
        latest = until + schedule.delay(attempts) * (1 + JITTER)
        soonest += schedule.delay(attempts) * (1 - JITTER)
    return latest


async def deferred(bench: Bench) -> Row:
    """23: every verb in turn is answered 4xx once."""
    bench.relay.offers = ("AUTH PLAIN",)
    for number, verb in enumerate(VERBS):
        service = bench.service(f"{LOGIN}:{bench.relay.port}")
        await service.accept(number)
        bench.relay.first(verb, 1, b"451 4.3.0 later\r\n" if verb != "CONNECT" else b"421 4.3.0 later\r\n")
        await service.work()
        late = {state.partition(" due ")[2] for state in await bench.states() if " due " in state}
        # Where a first login fails, the other lane waits for the next turn.
        bench.expect(late - {"auth-waiting"} == {f"{verb.lower()}-4{'2' if verb == 'CONNECT' else '5'}1"}, f"{late}")
        await bench.redis.delete("login")  # that turn is the server's own time, and passes here with ours
        await service.work_off()
        bench.relay.script.clear()
    return await bench.row("23 4xx at every verb", f"{len(VERBS)} enquiries, {', '.join(VERBS)}")


async def refused(bench: Bench) -> Row:
    """24: the patient's address is refused 5xx at every verb that names it; reception is told."""
    for number, verb in enumerate(("RCPT", "DATA", "DOT")):
        bench.relay.script.clear()
        bench.relay.script[verb] = lambda line: Answer(b"554 5.1.1 no\r\n") if PATIENT in line else None
        service = bench.service()
        await service.accept(number)
        await service.work_off()
        tried = sum(1 for _, line in bench.relay.commands if line.startswith("RCPT") and f"{PATIENT}{number}@" in line)
        bench.expect(tried == 1, f"{verb}: tried {tried} times")
    states = await bench.states()
    bench.expect(sum(n for s, n in states.items() if s.startswith("confirmation failed")) == 3, f"{states}")
    bench.expect(states["undeliverable sent dot-250"] == 3, f"reception was not told: {states}")
    return await bench.row("24 5xx at RCPT, DATA and dot", "3 enquiries; each failed at once, reception told")


async def refused_alert(bench: Bench) -> Row:
    """24: 5xx to everything at every verb: each delivery fails at once and is shown."""
    for number, verb in enumerate(("CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT")):
        bench.relay.script.clear()
        bench.relay.always(verb, b"554 5.0.0 no\r\n")
        service = bench.service()
        await service.accept(number)
        await service.work_off()
    states = await bench.states()
    bench.expect(all(" failed " in state for state in states), f"{states}")
    bench.expect(not bench.relay.taken, "mail after a refusal")
    return await bench.row("24 5xx to everybody at every verb", "6 enquiries; each mail failed at once and is listed")


async def greylisted(bench: Bench) -> Row:
    """25: every recipient is greylisted for five minutes."""
    began = bench.clock.at

    def answer(_line: str) -> Answer | None:
        return Answer(b"451 4.7.1 greylisted\r\n") if (bench.clock.at - began).total_seconds() < 300 else None

    bench.relay.script["RCPT"] = answer
    service = bench.service()
    await service.accept()
    await service.work_off()
    bench.expect(await bench.states() == SENT, f"{await bench.states()}")
    at_most = max(longest_wait(schedule, 300) for schedule in (ALERT_SCHEDULE, CONFIRMATION_SCHEDULE))
    return await bench.row(
        "25 greylisted for 5 min",
        "1 enquiry; the limit is the next try of the schedule",
        recovery=(bench.clock.at - began).total_seconds(),
        at_most=at_most,
    )


async def dripping(bench: Bench) -> Row:
    """27: an answer comes byte by byte, for longer than an attempt may take."""
    bench.relay.first("RCPT", 2, b"250 " + b"slow" * 50 + b"\r\n", drip=0.05)
    service = bench.service(attempt_seconds=0.3)
    await service.accept()
    await service.work()
    bench.expect((await bench.states())["alert due rcpt-silence"] == 1, f"{await bench.states()}")
    await service.work_off()
    bench.expect(await bench.states() == SENT, f"{await bench.states()}")
    return await bench.row("27 an answer in drips", "1 enquiry")


async def garbage(bench: Bench) -> Row:
    """30: answers that are none."""
    nonsense = (
        b"\x00\xff\xfe garbage\r\n",
        b"250 " + b"x" * 8192 + b"\r\n",
        b"250-more\r\n" * 100_000 + b"250 end\r\n",
        b"999 no such code\r\n",
        b"\r\n\r\n\r\n",
    )
    for number, reply in enumerate(nonsense):
        bench.relay.first("RCPT", 2, reply)
        service = bench.service(attempt_seconds=2)
        await service.accept(number)
        await service.work_off()
        bench.relay.script.clear()
    bench.expect(await bench.states() == dict.fromkeys(SENT, len(nonsense)), f"{await bench.states()}")
    return await bench.row("30 garbage for an answer", "5 enquiries: noise, 8 kB, 1 MB of lines, code 999, blank lines")


async def one_of_three(bench: Bench) -> Row:
    """33: three addresses of reception, one is refused, one deferred once."""
    facts = bench.facts.model_copy(update={"reception": ("a@clinic.test", "b@clinic.test", "c@clinic.test")})
    deferred = [1]

    def answer(line: str) -> Answer | None:
        if "b@clinic" in line:
            return Answer(b"550 5.1.1 nobody\r\n")
        if "c@clinic" in line and deferred[0]:
            deferred[0] -= 1
            return Answer(b"450 4.2.0 later\r\n")
        return None

    bench.relay.script["RCPT"] = answer
    service = bench.service(facts=facts)
    await service.accept()
    await service.work_off()
    states = await bench.states()
    bench.expect(states["alert sent dot-250"] == 2 and states["alert failed rcpt-550"] == 1, f"{states}")
    return await bench.row("33 one of three reception addresses refused", "1 enquiry; the others get one each")


CASES: dict[str, Case] = {
    "4xx": deferred,
    "5xx to a patient": refused,
    "5xx to everybody": refused_alert,
    "greylisting": greylisted,
    "drip": dripping,
    "garbage": garbage,
    "one of three": one_of_three,
}

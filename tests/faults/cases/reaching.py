"""The relay can't be reached: refused, swallowed, unknown, away for minutes and for a day (22 and 34 of the list)."""

from clinic.relay import Relay
from tests.faults.bench import SENT, Bench, Case
from tests.faults.row import Row
from tests.support.proxy import Proxy

BACK_SECONDS = 60.0


async def closed_port(bench: Bench) -> Row:
    """22: nobody listens; three minutes later somebody does."""
    proxy = Proxy(("127.0.0.1", bench.relay.port))
    await proxy.up()
    port = proxy.port
    await proxy.down()
    service = bench.service(f"smtp://127.0.0.1:{port}")
    await service.accept()
    await service.work_off(hours=0.05)
    bench.expect(not bench.relay.taken, "mail through a closed port")
    states = await bench.states()
    bench.expect(set(states) == {"alert due connect-silence", "confirmation due connect-silence"}, f"{states}")
    proxy.port = port
    async with proxy:
        await service.work_off()
        bench.expect(await bench.states() == SENT, f"{await bench.states()}")
        return await bench.row("22 relay refuses connections for 3 min", "1 enquiry, retried by schedule")


async def black_hole(bench: Bench) -> Row:
    """22: the way to the relay swallows everything."""
    async with Proxy(("127.0.0.1", bench.relay.port)) as proxy:
        proxy.black_hole = True
        service = bench.service(f"smtp://127.0.0.1:{proxy.port}", attempt_seconds=0.2)
        await service.accept()
        await service.work()
        bench.expect(all(" due " in state for state in await bench.states()), f"{await bench.states()}")
        proxy.black_hole = False
        await service.work_off()
        bench.expect(await bench.states() == SENT, f"{await bench.states()}")
        return await bench.row("22 relay's port is a black hole", "1 enquiry")


async def unknown_host(bench: Bench) -> Row:
    """22: the relay's name can't be looked up."""
    service = bench.service(Relay("relay.invalid", 25, "none"))
    await service.accept()
    await service.work()
    bench.expect(all(" due " in state for state in await bench.states()), f"{await bench.states()}")
    healed = bench.service()
    await healed.work_off()
    bench.expect(await bench.states() == SENT, f"{await bench.states()}")
    return await bench.row("22 relay's name is not found", "1 enquiry")


async def a_day_down(bench: Bench) -> Row:
    """34: the relay is away for 25 hours, then back."""
    async with Proxy(("127.0.0.1", bench.relay.port)) as proxy:
        port = proxy.port
    service = bench.service(f"smtp://127.0.0.1:{port}")
    for number in range(2):
        await service.accept(number)
        bench.clock.forward(60)
    await service.work_off(hours=25)
    bench.expect(not bench.relay.taken, "mail through a closed port")
    proxy.port = port
    async with proxy:
        await service.work_off()
    states = await bench.states()
    bench.expect(states["alert sent dot-250"] == 2, f"{states}")
    bench.expect(states["confirmation failed too-old"] == 2, f"{states}")
    bench.expect(states["undeliverable sent dot-250"] == 2, f"{states}")
    return await bench.row("34 relay away for 25 h", "2 enquiries; confirmations expire, reception is told")


def back_after(minutes: int) -> Case:
    """Return the case of a relay that is back after so many minutes, with alerts that came in all the while."""

    async def case(bench: Bench) -> Row:
        async with Proxy(("127.0.0.1", bench.relay.port)) as proxy:
            port = proxy.port
        service = bench.service(f"smtp://127.0.0.1:{port}")
        end = bench.clock.at.timestamp() + minutes * 60
        number = 0
        while bench.clock.at.timestamp() < end:
            await service.accept(number)
            number += 1
            left = end - bench.clock.at.timestamp()
            await service.work_off(hours=min(left, max(20.0, minutes * 12)) / 3600)
            bench.clock.forward(1)
        proxy.port = port
        back = bench.clock.at.timestamp()
        async with proxy:
            while await service.next_due() is not None and bench.clock.at.timestamp() - back < 4 * BACK_SECONDS:
                bench.clock.forward(1)
                await service.store.dispatch("service")
                await service.work()
        bench.expect(set(await bench.states()) == set(SENT), f"{await bench.states()}")
        return await bench.row(
            f"22 relay back after {minutes} min: the last mail's wait",
            f"{number} enquiries while it was away",
            recovery=bench.clock.at.timestamp() - back,
            at_most=BACK_SECONDS,
        )

    return case


CASES: dict[str, Case] = {
    "closed port": closed_port,
    "black hole": black_hole,
    "unknown host": unknown_host,
    "a day down": a_day_down,
    "back after 1 min": back_after(1),
    "back after 10 min": back_after(10),
    "back after 60 min": back_after(60),
}

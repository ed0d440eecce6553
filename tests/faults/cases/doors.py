"""The relay's door: no encryption that can be trusted, and a password that is refused (31 and 32 of the list)."""

from clinic.relay import Relay
from tests.faults.bench import SENT, Bench, Case
from tests.faults.row import Row
from tests.support.certificates import certificate
from tests.support.relay import ScriptedRelay, Taken

LOGIN = "smtp://user:right@127.0.0.1"


async def unencrypted(bench: Bench) -> Row:
    """31: STARTTLS missing, certificate expired, for another name: nothing leaves; mended, everything does."""
    await bench.relay.__aexit__(None, None, None)
    number = 0
    taken: list[Taken] = []
    for offers, how in ((), {}), (("STARTTLS",), {"expired": True}), (("STARTTLS",), {"address": "127.0.0.9"}):
        context, ca = certificate(bench.folder, **how)
        async with ScriptedRelay(tls=context, offers=offers) as bad:
            service = bench.service(Relay("127.0.0.1", bad.port, "starttls", ca_file=str(ca)))
            await service.accept(number)
            await service.work()
            bench.expect(bad.seen["MAIL"] == 0 and not bad.taken, f"{how}: mail left")
            number += 1
            taken += bad.taken
    context, ca = certificate(bench.folder)
    async with ScriptedRelay(tls=context, offers=("STARTTLS",)) as good:
        service = bench.service(Relay("127.0.0.1", good.port, "starttls", ca_file=str(ca)))
        await service.work_off()
        bench.relay.taken = [*taken, *good.taken]
        bench.expect(await bench.states() == dict.fromkeys(SENT, 3), f"{await bench.states()}")
        row = await bench.row("31 STARTTLS missing, certificate expired, of another name", "3 enquiries, then mended")
    bench.relay.port = 0
    await bench.relay.__aenter__()
    return row


async def locked_out(bench: Bench) -> Row:
    """32: the password is refused: one try a minute, no attempt used up."""
    bench.relay.offers = ("AUTH PLAIN",)
    bench.relay.always("AUTH", b"535 5.7.8 no\r\n")
    service = bench.service(f"{LOGIN}:{bench.relay.port}")
    for number in range(5):
        await service.accept(number)
    for minute in range(1, 4):
        await service.work()
        bench.clock.forward(10)
        await service.work()
        bench.expect(bench.relay.seen["AUTH"] == minute, f"{bench.relay.seen['AUTH']} logins in {minute} min")
        bench.clock.forward(51)
        await bench.redis.delete("login")  # its minute is the server's own, and passes here with ours
    entries = [await bench.redis.hgetall(key) for key in await bench.redis.keys("deliveries:*")]
    attempts = {entry.split(b" ")[2] for delivery in entries for entry in delivery.values()}
    bench.expect(attempts == {b"0"}, "attempts were used up")
    bench.relay.script.clear()
    await service.work_off()
    bench.expect(await bench.states() == dict.fromkeys(SENT, 5), f"{await bench.states()}")
    return await bench.row("32 login refused for 3 min", "5 enquiries; one try a minute")


CASES: dict[str, Case] = {
    "encryption": unencrypted,
    "login refused": locked_out,
}

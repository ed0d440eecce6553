"""Cuts the conversation of one mail with the relay at a byte, and looks at what arrives in the end."""

from dataclasses import dataclass
from typing import Self

from clinic.delivery import Kind
from clinic.facts import ClinicFacts
from tests.support.clock import SetClock
from tests.support.proxy import Direction, Proxy
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client


@dataclass(frozen=True, slots=True)
class Ended:
    """What one cut led to: faults in words, whether it met the window, and whether the mail was doubled."""

    faults: list[str]
    in_window: bool
    doubled: bool


@dataclass(frozen=True, slots=True)
class MailDialogue:
    """One mail of a kind, on a new connection through the proxy."""

    proxy: Proxy
    relay: ScriptedRelay
    service: Service
    kind: Kind

    @classmethod
    def of(cls, proxy: Proxy, relay: ScriptedRelay, redis: Client, facts: ClinicFacts, kind: Kind) -> Self:
        """Return the dialogue of one service with the relay behind a proxy."""
        return cls(proxy, relay, Service(redis, facts, f"smtp://127.0.0.1:{proxy.port}", SetClock()), kind)

    async def length(self) -> dict[Direction, int]:
        """Return how many bytes pass in each direction when nothing goes wrong."""
        await self._accept()
        self.proxy.arm()
        await self.service.work()
        passed = dict(self.proxy.passed)
        await self.service.connections.close()
        return passed

    async def cut(self, way: Direction, byte: int) -> Ended:
        """Cut there, carry on until nothing is due, and judge by what the relay took."""
        service = self.service
        await self._accept()
        self.proxy.arm((way, byte))
        await service.work()
        taken_at_cut = len(self.relay.taken)
        hurt = self.proxy.hurt
        await service.work_off()
        states = await service.states()
        await service.connections.close()
        faults = [] if hurt else ["the cut was not reached"]
        copies = len(self.relay.taken)
        if set(states.values()) != {"sent dot-250"}:
            faults.append(f"ended {states}")
        if not 1 <= copies <= 1 + taken_at_cut or copies > 2:
            faults.append(f"{copies} copies, {taken_at_cut} of them at the cut")
        if len({mail.content for mail in self.relay.taken}) != 1:
            faults.append("copies that differ")
        return Ended([f"{way} {byte}: {fault}" for fault in faults], taken_at_cut > 0, copies > 1)

    async def _accept(self) -> None:
        """Accept an enquiry that has this one delivery left."""
        redis = self.service.redis
        await redis.flushall()
        self.relay.taken.clear()
        self.relay.commands.clear()
        await self.service.accept()
        for member in await redis.zrange("diary", 0, -1):
            reference, _, name = member.decode().partition("/")
            if not name.startswith(self.kind.value):
                await redis.zrem("diary", member)
                await redis.hdel(f"deliveries:{reference}", name)
        assert await redis.zcard("diary") == 1

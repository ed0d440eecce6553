"""The bench for one fault of the relay: the service in this process, a scripted relay, and the count at the end."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from clinic.facts import ClinicFacts, Reminders
from clinic.relay import Relay
from clinic.templates import MailTemplates
from tests.faults.row import Row
from tests.support.clock import SetClock
from tests.support.relay import ScriptedRelay
from tests.support.service import Service
from tests.support.valkey import Client

VISIBLE = {"failed", "in_doubt"}
PATIENT = "patient-"
SENT = {"alert sent dot-250": 1, "confirmation sent dot-250": 1}


@dataclass
class Bench:
    """Everything a case needs; its relay is up and answers well until a case says otherwise.

    Nobody is reminded of anything: the mails of an acceptance are what is counted.
    """

    redis: Client
    facts: ClinicFacts
    relay: ScriptedRelay
    folder: Path
    clock: SetClock = field(default_factory=SetClock)
    services: list[Service] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.facts = self.facts.model_copy(update={"reminders": Reminders(after=0)})

    def service(
        self,
        relay: Relay | str | None = None,
        *,
        facts: ClinicFacts | None = None,
        attempt_seconds: float = 5.0,
        templates: MailTemplates | None = None,
    ) -> Service:
        """Return a new process of the service."""
        made = Service(
            self.redis,
            facts or self.facts,
            relay or self.relay.url,
            self.clock,
            attempt_seconds=attempt_seconds,
            templates=templates,
        )
        self.services.append(made)
        return made

    def expect(self, holds: bool, otherwise: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.others.append(otherwise)

    async def states(self) -> Counter[str]:
        """Return how many deliveries of a kind stand how: {"alert sent dot-250": 1}."""
        found: Counter[str] = Counter()
        for name, state in (await self.services[0].states()).items():
            found[f"{name.partition('/')[2].partition('-')[0]} {state}"] += 1
        return found

    async def row(
        self, fault: str, tried: str, *, allowed: int = 0, recovery: float | None = None, at_most: float | None = None
    ) -> Row:
        """Count what was lost and doubled: by the relay's record, and by what reception is shown."""
        for service in self.services:
            await service.close()
        await asyncio.sleep(0)
        taken = Counter(mail.message_id.strip("<>").partition("@")[0].upper() for mail in self.relay.taken)
        attention = {member.decode() for member in await self.redis.zrange("attention", 0, -1)}
        lost: list[str] = []
        for delivery, state in (await self.services[0].states()).items():
            shown = state.split(" ")[0] in VISIBLE and delivery in attention
            arrived = state.startswith("sent") and taken[delivery.replace("/", ".").upper()] > 0
            if not shown and not arrived:
                lost.append(f"{delivery} {state}")
        contents: dict[str, set[bytes]] = {}
        for mail in self.relay.taken:
            contents.setdefault(mail.message_id, set()).add(mail.content)
        self.expect(all(len(copies) == 1 for copies in contents.values()), "copies that differ")
        extra = sum(copies - 1 for copies in taken.values())
        return Row(
            fault=fault,
            tried=tried,
            lost=len(lost),
            doubled=0 if allowed else extra,
            in_window=extra if allowed else 0,
            allowed=allowed,
            recovery=recovery,
            at_most=at_most,
            others=[*self.others, *lost],
        )


Case = Callable[[Bench], Awaitable[Row]]

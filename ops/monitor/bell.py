"""The bell: tells of alarms where no mail and no queue is in between, when they come, while they last, when they go."""

import asyncio
import json
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from clinic.clock import Clock
from clinic.logs import logger
from ops.monitor.alarms import Raised
from workers.channels import Channels
from workers.notices import Notice
from workers.outcome import Verdict

AGAIN_AFTER = timedelta(hours=1)
RING_SECONDS = 10.0
Ringer = Callable[[str, str, Mapping[str, str]], Awaitable[bool]]


class Bell:
    """Rings once for each alarm that comes or goes, and once an hour while one lasts."""

    def __init__(self, ringers: Sequence[Ringer], clock: Clock) -> None:
        self._ringers = ringers
        self._clock = clock
        self._rung: dict[tuple[int, str], datetime] = {}

    async def ring(self, raised: Sequence[Raised]) -> None:
        """Tell every ringer what it has not been told; one that fails is tried again at the next turn."""
        now = self._clock.now()
        held = {alarm.name: alarm.told for alarm in raised}
        for number, ringer in enumerate(self._ringers):
            for name, told in held.items():
                last = self._rung.get((number, name))
                if (last is None or now - last >= AGAIN_AFTER) and await self._told(ringer, name, told, "firing"):
                    self._rung[number, name] = now
            over = [name for who, name in self._rung if who == number and name not in held]
            for name in over:
                if await self._told(ringer, name, "it is over", "resolved"):
                    del self._rung[number, name]

    async def _told(self, ringer: Ringer, name: str, told: str, status: str) -> bool:
        logger().warning("alarm", alarm=name, status=status, told=told)
        rung = await ringer(name, told, {"alarm": name, "status": status, "told": told})
        if not rung:
            logger().error("alarm_not_told", alarm=name)
        return rung


def ringers(addresses: Sequence[str]) -> list[Ringer]:
    """Return one ringer for each address: a webhook for http(s)://, whatever apprise knows for others.

    Raises ConfigurationError for an address that apprise does not know.
    """
    return [
        _webhook(address) if address.startswith(("http://", "https://")) else _elsewhere(address)
        for address in addresses
    ]


def _webhook(address: str) -> Ringer:
    def post(body: bytes) -> bool:
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - http(s)
        try:
            with urllib.request.urlopen(request, timeout=RING_SECONDS) as answer:  # noqa: S310 - as above
                return 200 <= int(answer.status) < 300
        except OSError:
            # Whatever it is, it is tried again; its text may hold the address, which is a secret.
            return False

    async def ring(_name: str, _told: str, fields: Mapping[str, str]) -> bool:
        return await asyncio.to_thread(post, json.dumps(fields).encode())

    return ring


def _elsewhere(address: str) -> Ringer:
    channels = Channels({"alarms": address})

    async def nothing() -> None:
        """Nothing is to be noted before."""

    async def ring(name: str, told: str, fields: Mapping[str, str]) -> bool:
        notice = Notice(f"frontdesk {fields['status']}: {name}", told)
        return (await channels.tell("alarms", notice, nothing)).verdict is Verdict.SENT

    return ring

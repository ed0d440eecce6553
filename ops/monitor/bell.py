"""The bell: tells of alarms where no mail and no queue is in between, when they come, while they last, when they go."""

import asyncio
import http.client
import json
import urllib.request
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from clinic.clock import Clock
from clinic.errors import ConfigurationError
from clinic.logs import logger
from ops.monitor.alarms import Raised
from workers.channels import Channels
from workers.notices import Notice
from workers.outcome import Verdict

AGAIN_AFTER = timedelta(hours=1)
RING_SECONDS = 10.0
# Told of one alarm in four fields: alarm, status, told, cure.
Ringer = Callable[[Mapping[str, str]], Awaitable[bool]]


# What a ringer is told where only its way is tried.
TEST = {"alarm": "Test", "status": "test", "told": "nothing is wrong: somebody tries the way of the alarms", "cure": ""}


class Bell:
    """Rings once for each alarm that comes or goes, and once an hour while one lasts."""

    def __init__(self, ringers: Sequence[Ringer], clock: Clock) -> None:
        self._ropes = [_Rope(ringer, clock) for ringer in ringers]

    async def ring(self, raised: Sequence[Raised], unknown: Sequence[str] = ()) -> None:
        """Tell every ringer what it has not been told, all at once; one that fails is tried again at the next turn.

        Of alarms that are `unknown` nothing is told: those that came before last until one can say that they are over.
        One that is still being told of the turn before has this one left out, so that nobody waits for it.
        """
        await asyncio.gather(*(rope.pull(raised, unknown) for rope in self._ropes if not rope.pulled))


class _Rope:
    """What one ringer has been told."""

    def __init__(self, ringer: Ringer, clock: Clock) -> None:
        self._ringer = ringer
        self._clock = clock
        self._rung: dict[str, datetime] = {}
        self.pulled = False

    async def pull(self, raised: Sequence[Raised], unknown: Sequence[str]) -> None:
        """Tell what has come and what has gone."""
        self.pulled = True
        try:
            now = self._clock.now()
            for alarm in raised:
                last = self._rung.get(alarm.name)
                if (last is None or now - last >= AGAIN_AFTER) and await self._told(alarm, "firing"):
                    self._rung[alarm.name] = now
            for name in self._rung.keys() - {alarm.name for alarm in raised} - set(unknown):
                if await self._told(Raised(name, "it is over", ""), "resolved"):
                    del self._rung[name]
        finally:
            self.pulled = False

    async def _told(self, alarm: Raised, status: str) -> bool:
        logger().warning("alarm", alarm=alarm.name, status=status, told=alarm.told)
        fields = {"alarm": alarm.name, "status": status, "told": alarm.told, "cure": alarm.cure}
        try:
            rung = await self._ringer(fields)
        except Exception:  # noqa: BLE001 - whatever a service does to us, the others are told, and it is tried again
            logger().exception("alarm_failed", alarm=alarm.name)
            rung = False
        if not rung:
            logger().error("alarm_not_told", alarm=alarm.name)
        return rung


def ringers(addresses: Sequence[str]) -> list[Ringer]:
    """Return one ringer for each address: a webhook for http(s)://, whatever apprise knows for others.

    Raises ConfigurationError for an address that apprise does not know.
    """
    made, faults = [], []
    for number, address in enumerate(addresses, 1):
        try:
            made.append(_webhook(address) if address.startswith(("http://", "https://")) else _elsewhere(address))
        except ConfigurationError as error:
            # It speaks of CHANNELS, which is told by the same door; the address itself is a secret.
            faults += [f"ALARM_URLS: entry {number}: {fault.removeprefix('CHANNELS: ')}" for fault in error.faults]
    if faults:
        raise ConfigurationError(faults)
    return made


class _Unmoved(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: it would lead on by a GET without the alarm, which any page there answers with 200."""

    def redirect_request(self, *_told: object) -> None:
        """Leave it at the 3xx, which is none of those that count as told."""


def _webhook(address: str) -> Ringer:
    opener = urllib.request.build_opener(_Unmoved)

    def post(body: bytes) -> bool:
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310 - http(s)
        try:
            with opener.open(request, timeout=RING_SECONDS) as answer:
                return 200 <= int(answer.status) < 300
        except (OSError, http.client.HTTPException):
            # Whatever it is, it is tried again; its text may hold the address, which is a secret.
            return False

    async def ring(fields: Mapping[str, str]) -> bool:
        return await asyncio.to_thread(post, json.dumps(fields).encode())

    return ring


def _elsewhere(address: str) -> Ringer:
    channels = Channels({"alarms": address})

    async def nothing() -> None:
        """Nothing is to be noted before."""

    async def ring(fields: Mapping[str, str]) -> bool:
        title = f"frontdesk {fields['status']}: {fields['alarm']}"
        notice = Notice(title, f"{fields['told']}. {fields['cure']}".strip())
        return (await channels.tell("alarms", notice, nothing)).verdict is Verdict.SENT

    return ring

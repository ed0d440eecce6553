"""The door to apprise: tells reception elsewhere than by mail, and judges what came of it."""

import asyncio
import logging
import warnings
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from clinic.errors import ConfigurationError
from clinic.extras import to_install
from workers.notices import Notice
from workers.outcome import Outcome, Verdict

if TYPE_CHECKING:
    from apprise import Apprise as Target

# Apprise waits 4 s for a connection and 4 s for an answer; some services need several of each.
TELL_SECONDS = 30.0
THREADS = 4


class Channels:
    """Tells channels by their names; which services they are, only the settings know."""

    def __init__(self, addresses: Mapping[str, str], wanted: Sequence[str] = (), seconds: float = TELL_SECONDS) -> None:
        """Take the addresses by name; raise ConfigurationError where a channel that is `wanted` can't be told."""
        self._seconds = seconds
        self._targets: dict[str, Target] = {}
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="channel")
        faults = [
            f"CHANNELS: has no address for {name!r}, which the clinic file names: add {name}=<address>"
            for name in wanted
            if name not in addresses
        ]
        for name, address in addresses.items():
            target = _target(address)
            if target is None:
                faults.append(f"CHANNELS: the address of {name!r} is none that apprise knows: look it up in its list")
            else:
                self._targets[name] = target
        if faults:
            raise ConfigurationError(faults)

    async def tell(self, name: str, notice: Notice, before: Callable[[], Awaitable[None]]) -> Outcome:
        """Tell one channel and return what came of it; `before` may raise through.

        Apprise says yes or no and never why, so a no is always tried again.
        """
        target = self._targets.get(name)
        if target is None:
            return Outcome(Verdict.RETRY, "channel-unknown")
        await before()
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._seconds):
                told = await loop.run_in_executor(self._threads, _notify, target, notice)
        except TimeoutError:
            return Outcome(Verdict.DOUBT, "channel-silence")
        return Outcome(Verdict.SENT, "channel-told") if told else Outcome(Verdict.RETRY, "channel-refused")


def _target(address: str) -> "Target | None":
    """Return what can be told there, or None for an address that apprise does not know."""
    with warnings.catch_warnings():
        # Of one of its plugins, which imports what Python 3.13 no longer has.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            # Imported where channels are used only: it is slow to load, and comes with an extra.
            from apprise import Apprise, AppriseAsset
        except ModuleNotFoundError:
            raise ConfigurationError([f"CHANNELS: needs apprise: {to_install('alerts')}"]) from None
        # Its own log quotes addresses, which are secrets.
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
        # A redirect would be followed by a GET without the notice, and what answers that would count as told.
        target = Apprise(asset=AppriseAsset(http_redirects=False))
        return target if target.add(address) else None


def _notify(target: "Target", notice: Notice) -> bool:
    return bool(target.notify(title=notice.title, body=notice.text))

"""The connections to the relay: kept open between mails, and one login at a time while none has succeeded lately."""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Awaitable, Callable

from clinic.relay import Relay
from clinic.store import Logins
from workers.outcome import Outcome, Stage, Verdict, judge
from workers.smtp import Conversation, ConversationEnded

# Relays close a silent connection after a while (Postfix after 300 s, some after 30 s); we leave first.
IDLE_SECONDS = 20.0
# From the first byte to the last answer; a relay that takes longer is tried again later.
ATTEMPT_SECONDS = 60.0
# Whoever was let in within that is let in again; after it the password may be another, and one login tries it.
TRUSTED_SECONDS = 5.0


class Connections:
    """Lends conversations to attempts: an idle one again, or a new one when there is none."""

    def __init__(
        self,
        relay: Relay,
        logins: Logins,
        attempt_seconds: float = ATTEMPT_SECONDS,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        """`steady` counts seconds and never jumps."""
        self._steady = steady
        self._relay = relay
        self._logins = logins
        self._seconds = attempt_seconds
        self._tls = tls_context(relay)
        self._idle: deque[tuple[float, Conversation]] = deque()
        self._proven = False
        self._let_in_at = self._away_at = float("-inf")
        self._away = judge(Stage.CONNECT, None)
        self._going_ahead = asyncio.Lock()

    async def send(self, sender: str, to: str, mail: bytes, before_data: Callable[[], Awaitable[None]]) -> Outcome:
        """Send one mail within the time of an attempt and return what came of it; `before_data` may raise through."""
        conversation: Conversation | None = None
        try:
            async with asyncio.timeout(self._seconds):
                while True:
                    kept = self._kept()
                    conversation = kept or Conversation(self._relay, self._tls)
                    if kept is None:
                        await self._open(conversation)
                    try:
                        outcome = await conversation.send(sender, to, mail, before_data)
                    except ConversationEnded as ended:
                        if kept and ended.outcome == judge(Stage.MAIL, None):
                            # The relay had closed it meanwhile: nothing was said on it, so take another.
                            continue
                        raise
                    self._idle.append((self._steady(), conversation))
                    return outcome
        except ConversationEnded as ended:
            return ended.outcome
        except TimeoutError:
            return judge(conversation.stage if conversation else Stage.CONNECT, None)

    async def close(self) -> None:
        """Take leave on every idle connection."""
        idle, self._idle = self._idle, deque()
        await asyncio.gather(*(conversation.quit() for _, conversation in idle))

    def _kept(self) -> Conversation | None:
        """Return the connection that was used last, and let go of those that were idle too long."""
        fresh = self._steady() - IDLE_SECONDS
        while self._idle and self._idle[0][0] < fresh:
            self._idle.popleft()[1].close()
        while self._idle:
            _, kept = self._idle.pop()
            if kept.usable:
                return kept
            kept.close()
        return None

    async def _open(self, conversation: Conversation) -> None:
        """Open a connection; while none was let in lately one goes ahead, and the others follow where it was.

        A wrong password tried with every mail would lock the account at the relay: after a refusal the next try is
        PAUSE_MS of `clinic/store/logins.py` later, whichever process makes it.
        """
        if self._trusts():
            await self._log_in(conversation)
            return
        asked = self._steady()
        async with self._going_ahead:
            if self._away_at > asked:
                # Who went ahead found nobody: to wait for that once more, one after the other, would take minutes.
                raise ConversationEnded(self._away)
            if not self._trusts():
                await self._go_ahead(conversation)
                return
        await self._log_in(conversation)

    def _trusts(self) -> bool:
        return self._relay.username is None or (self._proven and self._steady() - self._let_in_at < TRUSTED_SECONDS)

    async def _go_ahead(self, conversation: Conversation) -> None:
        """Log in for all others; after a refusal, and before the first login, for those of other processes too."""
        if not self._proven:
            wait_ms = await self._logins.turn()
            if wait_ms:
                raise ConversationEnded(Outcome(Verdict.UNTRIED, "auth-waiting", wait_ms))
        await self._log_in(conversation)
        if not self._proven:
            self._proven = True
            await self._logins.succeeded()

    async def _log_in(self, conversation: Conversation) -> None:
        try:
            await conversation.open()
        except ConversationEnded as ended:
            if ended.outcome.verdict is Verdict.AWAY:
                self._away_at, self._away = self._steady(), ended.outcome
            if ended.outcome.verdict is not Verdict.LOCKED_OUT:
                raise
            self._proven = False
            wait_ms = await self._logins.refused()
            raise ConversationEnded(Outcome(Verdict.LOCKED_OUT, ended.outcome.cause, wait_ms)) from ended
        self._let_in_at = self._steady()


def tls_context(relay: Relay) -> ssl.SSLContext | None:
    """Return how certificates are checked: always, with the host's name, TLS 1.2 or later; None on loopback."""
    if relay.encryption == "none":
        return None
    context = ssl.create_default_context(cafile=relay.ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context

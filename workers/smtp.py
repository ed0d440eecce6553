"""One conversation with the mail relay, step by step, and what each of its answers means."""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from clinic.relay import Relay
from workers.outcome import Outcome, Stage, judge

CONNECT_SECONDS = 10
EHLO_NAME = socket.gethostname()
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
Answer = TypeVar("Answer")


class ConversationEnded(Exception):
    """The conversation came to nothing; `outcome` says what follows."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.cause)


class Conversation:
    """A connection to the relay, on which one mail after another can be sent.

    `stage` is where it stands, so that whoever cuts it short knows whether the mail may have arrived. After any fault
    the connection is closed: what a half-read conversation would answer next can't be trusted.
    """

    def __init__(self, relay: Relay, tls: ssl.SSLContext | None) -> None:
        self._relay = relay
        self._smtp = SMTP(
            hostname=relay.host,
            port=relay.port,
            use_tls=relay.encryption == "tls",
            start_tls=False,
            tls_context=tls,
            local_hostname=EHLO_NAME,
            timeout=None,
        )
        self.stage = Stage.CONNECT

    @property
    def usable(self) -> bool:
        """Return whether another mail can be sent on this connection."""
        return self._smtp.is_connected

    async def open(self) -> None:
        """Connect, say hello, encrypt, log in; raise ConversationEnded."""
        relay = self._relay
        await self._step(Stage.CONNECT, asyncio.wait_for(self._smtp.connect(), CONNECT_SECONDS))
        await self._step(Stage.EHLO, self._smtp.ehlo())
        if relay.encryption == "starttls":
            await self._step(Stage.TLS, self._smtp.starttls())
            await self._step(Stage.EHLO, self._smtp.ehlo())
        if relay.username is not None and relay.password is not None:
            await self._step(Stage.AUTH, self._log_in(relay.username, relay.password))

    async def send(self, sender: str, to: str, mail: bytes, before_data: Callable[[], Awaitable[None]]) -> Outcome:
        """Send one mail (whole lines ending in CRLF) and return the outcome of its final dot.

        `before_data` is awaited when the relay is ready for the mail and before the first byte of it leaves; what it
        raises ends the conversation. Raises ConversationEnded for every other end.
        """
        await self._step(Stage.MAIL, self._smtp.mail(sender))
        await self._step(Stage.RCPT, self._smtp.rcpt(to))
        await self._step(Stage.DATA, self._command(b"DATA", 354))
        try:
            await before_data()
        except BaseException:
            self.close()
            raise
        return await self._step(Stage.DOT, self._final_dot(mail))

    def close(self) -> None:
        """Close the connection without another word."""
        self._smtp.close()

    async def quit(self) -> None:
        """Take leave of the relay; whether it answers is of no interest any more."""
        try:
            await asyncio.wait_for(self._smtp.quit(), 1)
        except (SMTPException, OSError, TimeoutError):
            self.close()

    async def _log_in(self, username: str, password: str) -> None:
        """Try one method only: each further refusal would count towards the relay's lock-out of the account."""
        offered = self._smtp.supported_auth_methods
        if "plain" in offered:
            await self._smtp.auth_plain(username, password)
        elif "login" in offered:
            await self._smtp.auth_login(username, password)
        else:
            await self._smtp.login(username, password)

    async def _command(self, verb: bytes, expected: int) -> None:
        code, _ = await self._smtp.execute_command(verb)
        if code != expected:
            raise SMTPResponseException(code, "")

    async def _final_dot(self, mail: bytes) -> Outcome:
        protocol = self._smtp.protocol
        if protocol is None:
            raise SMTPException("connection lost")
        protocol.write(LEADING_DOT.sub(b"..", mail) + b".\r\n")
        code, _ = await protocol.read_response()
        if not 200 <= code < 300:
            raise SMTPResponseException(code, "")
        return judge(Stage.DOT, code)

    async def _step(self, stage: Stage, answer: Awaitable[Answer]) -> Answer:
        """Take one step; whatever goes wrong is judged here, by code and stage and never by exception class."""
        self.stage = stage
        try:
            return await answer
        except (SMTPException, OSError, TimeoutError, UnicodeError, ValueError) as error:
            self.close()
            raise ConversationEnded(judge(stage, _code(error))) from error
        except asyncio.CancelledError:
            self.close()
            raise


def _code(error: Exception) -> int | None:
    """Return the relay's code, or None where there was no answer or none that is one."""
    code = error.code if isinstance(error, SMTPResponseException) else None
    return code if code is not None and 200 <= code < 600 else None

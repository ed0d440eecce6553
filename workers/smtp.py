"""One conversation with the mail relay, step by step, and what each of its answers means."""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from clinic.relay import Relay
from workers.dialogue import Dialogue, NoAnswer
from workers.outcome import Outcome, Stage, judge

CONNECT_SECONDS = 10
EHLO_NAME = socket.gethostname()
# What can stand between the brackets of an envelope: one address and nothing that ends it.
MAILBOX = re.compile(rb"[!-;=?-~]+")
# Most mails have none, which a pattern sees in a third of the time that `in` takes.
DOT = re.compile(rb"\n\.")
Reply = TypeVar("Reply")


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
        self._dialogue: Dialogue | None = None
        self._pipelining = False
        self.stage = Stage.CONNECT

    @property
    def usable(self) -> bool:
        """Return whether another mail can be sent on this connection."""
        return self._dialogue is not None and self._dialogue.usable

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
        self._pipelining = self._smtp.supports_extension("pipelining")
        self._dialogue = Dialogue(cast(asyncio.Transport, self._smtp.transport))

    async def send(self, sender: str, to: str, mail: bytes, before_data: Callable[[], Awaitable[None]]) -> Outcome:
        """Send one mail (whole lines ending in CRLF) and return the outcome of its final dot.

        `before_data` is awaited when the relay is ready for the mail and before the first byte of it leaves; what it
        raises ends the conversation. Raises ConversationEnded for every other end.
        """
        try:
            envelope = [b"MAIL FROM:<%b>\r\n" % _mailbox(sender), b"RCPT TO:<%b>\r\n" % _mailbox(to), b"DATA\r\n"]
        except ValueError:
            raise self._ended(Stage.MAIL, None) from None
        # All at once where the relay takes it so (RFC 2920). Whatever it refuses, the connection is closed after it, so
        # that no mail can follow.
        together = self._pipelining
        await self._ask(Stage.MAIL, b"".join(envelope) if together else envelope[0], 2)
        await self._ask(Stage.RCPT, b"" if together else envelope[1], 2)
        await self._ask(Stage.DATA, b"" if together else envelope[2], 3)
        try:
            await before_data()
        except BaseException:
            self.close()
            raise
        # A relay that has gone meanwhile, or spoke unasked, was sent nothing yet, and what it said answers nothing.
        if not self.usable:
            raise self._ended(Stage.DATA, None)
        return judge(Stage.DOT, await self._ask(Stage.DOT, dotted(mail), 2))

    def close(self) -> None:
        """Close the connection without another word."""
        if self._dialogue is None:
            self._smtp.close()
        else:
            self._dialogue.close()

    async def quit(self) -> None:
        """Take leave of the relay; whether it answers is of no interest any more."""
        if self._dialogue is not None:
            try:
                self._dialogue.speak(b"QUIT\r\n")
                await asyncio.wait_for(self._dialogue.answer(), 1)
            except (NoAnswer, TimeoutError):
                pass  # it left before we did
        self.close()

    async def _ask(self, stage: Stage, words: bytes, wanted: int) -> int:
        """Say something, and return the code of the answer, whose first digit must be as wanted."""
        self.stage = stage
        if self._dialogue is None:
            raise AssertionError("open() comes first")
        try:
            if words:
                self._dialogue.speak(words)
            code = await self._dialogue.answer()
        except NoAnswer:
            raise self._ended(stage, None) from None
        except asyncio.CancelledError:
            self.close()
            raise
        if code // 100 != wanted:
            raise self._ended(stage, code if 200 <= code < 600 else None)
        return code

    def _ended(self, stage: Stage, code: int | None) -> ConversationEnded:
        self.close()
        return ConversationEnded(judge(stage, code))

    async def _log_in(self, username: str, password: str) -> None:
        """Try one method only: each further refusal would count towards the relay's lock-out of the account."""
        offered = self._smtp.supported_auth_methods
        if "plain" in offered:
            await self._smtp.auth_plain(username, password)
        elif "login" in offered:
            await self._smtp.auth_login(username, password)
        else:
            await self._smtp.login(username, password)

    async def _step(self, stage: Stage, answer: Awaitable[Reply]) -> Reply:
        """Take one step; whatever goes wrong is judged here, by code and stage and never by exception class."""
        self.stage = stage
        try:
            return await answer
        except (SMTPException, OSError, TimeoutError, UnicodeError, ValueError) as error:
            self.close()
            # Under smtps:// the encryption is a part of connecting.
            at = Stage.TLS if isinstance(error.__cause__, ssl.SSLError) else stage
            raise ConversationEnded(judge(at, _code(error))) from error
        except asyncio.CancelledError:
            self.close()
            raise


def dotted(mail: bytes) -> bytes:
    """Return a mail as it follows DATA: each line that begins with a dot has one more (RFC 5321, 4.5.2)."""
    if DOT.search(mail):
        mail = mail.replace(b"\n.", b"\n..")
    return (b"." if mail.startswith(b".") else b"") + mail + b".\r\n"


def _mailbox(address: str) -> bytes:
    mailbox = address.encode("ascii")
    if not MAILBOX.fullmatch(mailbox):
        raise ValueError("not one mailbox")
    return mailbox


def _code(error: Exception) -> int | None:
    """Return the relay's code, or None where there was no answer or none that is one."""
    code = error.code if isinstance(error, SMTPResponseException) else None
    return code if code is not None and 200 <= code < 600 else None

"""The SMTP side of the catcher, the only door to aiosmtpd: it takes every mail, and goes wrong as it was told."""

import asyncio
import logging
import socket
from collections.abc import Sequence

from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Heard

from ops.catcher.faults import Faults, Verb
from ops.catcher.mailbox import Mailbox

LONGEST_MAIL = 10_000_000
HOST_NAME = "catcher.localhost"
HANG_UP = "421"
SENDER_AND_ONE = 2
# It warns of every odd command, with what was said; oddness is what this server is for.
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class Conversation(SMTP):
    """One SMTP conversation, with the faults that strike in it."""

    def __init__(self, mailbox: Mailbox, faults: Faults) -> None:
        # Its own loop, size limit and name: by default it looks for a loop in a deprecated way, and asks DNS its name.
        super().__init__(
            self, data_size_limit=LONGEST_MAIL, hostname=HOST_NAME, loop=asyncio.get_running_loop(), ident="frontdesk"
        )
        self._mailbox = mailbox
        self._faults = faults

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - aiosmtpd finds commands by these names
        if not await self._struck("EHLO"):
            await super().smtp_EHLO(hostname)

    async def smtp_HELO(self, hostname: str) -> None:  # noqa: N802
        if not await self._struck("EHLO"):
            await super().smtp_HELO(hostname)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        addresses = _addresses(self.envelope)
        if len(addresses) < SENDER_AND_ONE or not await self._struck("DATA", addresses):
            await super().smtp_DATA(arg)

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Heard, address: str, options: list[str]
    ) -> str | None:
        """Take the sender, or answer as scripted."""
        if await self._struck("MAIL", [address]):
            return None
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Heard, address: str, options: list[str]
    ) -> str | None:
        """Take one recipient, or answer as scripted."""
        if await self._struck("RCPT", [envelope.mail_from or "", address]):
            return None
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Heard) -> str | None:  # noqa: N802
        """Keep the mail, or answer as scripted."""
        addresses = _addresses(envelope)
        if await self._struck("DOT", addresses):
            return None
        self._keep(addresses)
        return "250 2.0.0 OK"

    async def handle_exception(self, _error: Exception) -> str:
        """Answer what aiosmtpd could not make sense of, or what the disk did not take."""
        return "451 4.3.0 that went wrong here, try again"

    async def push(self, status: str | bytes | None) -> None:
        """Answer the client, except with None: that step was answered as scripted."""
        if status is not None:
            await super().push(status if isinstance(status, bytes) else status.encode("ascii", "replace"))

    async def _handle_client(self) -> None:
        if await self._struck("CONNECT"):
            await self._hang_up()
        await super()._handle_client()

    async def _struck(self, verb: Verb, addresses: Sequence[str] = ()) -> bool:
        """Do what the script says for this step, and return whether the step is answered with it."""
        fault = self._faults.take(verb, addresses)
        if fault is None:
            return False
        if fault.keep:
            self._keep(addresses)
        await asyncio.sleep(fault.delay)
        if fault.reply:
            await self.push(fault.reply)
        if fault.drop or (fault.reply or "").startswith(HANG_UP):
            await self._hang_up()
        if fault.keep and not fault.reply:
            await self.push("250 2.0.0 OK")
        return bool(fault.reply) or fault.keep

    async def _hang_up(self) -> None:
        if self.transport:
            self.transport.close()
        raise asyncio.CancelledError  # the way aiosmtpd itself ends a conversation

    def _keep(self, addresses: Sequence[str]) -> None:
        sender, *recipients = addresses
        self._mailbox.keep(sender, recipients, (self.envelope and self.envelope.original_content) or b"")


def _addresses(envelope: Heard | None) -> list[str]:
    return [envelope.mail_from or "", *envelope.rcpt_tos] if envelope else []


async def listen(listener: socket.socket, mailbox: Mailbox, faults: Faults) -> asyncio.Server:
    """Take mails on a bound socket until the server is closed."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: Conversation(mailbox, faults), sock=listener)

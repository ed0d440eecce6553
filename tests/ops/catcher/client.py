"""A client for each side of a catcher: one that sends, and one that looks."""

import asyncio
import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx

SENDER, PATIENT, RECEPTION = "clinic@clinic.test", "pat@example.org", "reception@clinic.test"


class SteppingClock:
    """A clock that moves on by a second each time it is read."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now


class Catcher:
    """Both sides of a catcher, and a client for each."""

    def __init__(self, port: int, web: httpx.AsyncClient) -> None:
        self.port = port
        self.web = web

    def _converse(self, conversation: Callable[[smtplib.SMTP], Any]) -> Any:  # noqa: ANN401
        with smtplib.SMTP("127.0.0.1", self.port, local_hostname="test", timeout=5) as client:
            return conversation(client)

    async def talk(self, conversation: Callable[[smtplib.SMTP], Any]) -> Any:  # noqa: ANN401
        """Hold a conversation with smtplib in a thread."""
        return await asyncio.to_thread(self._converse, conversation)

    async def send(self, mail: EmailMessage | bytes, to: str | list[str] = PATIENT) -> None:
        raw = mail if isinstance(mail, bytes) else mail.as_bytes()
        await self.talk(lambda client: client.sendmail(SENDER, to, raw))

    async def script(self, *faults: dict[str, Any]) -> None:
        assert (await self.web.put("/api/faults", json=list(faults))).status_code == 200

    async def mails(self, query: str = "") -> list[dict[str, Any]]:
        answer = await self.web.get(f"/api/messages{query}")
        assert answer.status_code == 200
        made: list[dict[str, Any]] = answer.json()
        return made


def mail(subject: str = "Your enquiry", text: str = "Hello.\n", html: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = f"Clinic <{SENDER}>", PATIENT, subject
    made.set_content(text)
    if html:
        made.add_alternative(html, subtype="html")
    return made


def files(folder: Path, pattern: str = "*") -> list[Path]:
    return sorted(folder.glob(pattern))

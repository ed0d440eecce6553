"""The sample enquiry of the demo: posts it as a website's server would, and watches for its mails."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from clinic.facts import ClinicFacts
from clinic.reference import spaced
from ops.fetch import fetch
from ops.house import House

PATIENT = "sam.sample@patient.example"
SAMPLE = {
    "name": "Sam Sample",
    "email": PATIENT,
    "phone": "07700 900123",
    "contact_by": "phone",
    "contact_when": "weekday mornings",
    "message": "My lower back has hurt on one side since I lifted a sofa. Could I see somebody next week?",
}
WAIT_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.05
ACCEPTED = 202


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail of the sample, and how many seconds after the enquiry it was there."""

    seconds: float
    recipient: str
    subject: str


async def send_sample(house: House, tell: Callable[[str], None]) -> bool:
    """Post the sample and tell of each mail as it arrives; return whether all came within a minute."""
    earlier = await _mails(house, after="")
    newest = earlier[-1]["id"] if earlier else ""
    began = time.monotonic()
    try:
        answer = await fetch(house.intake, "POST", "/enquiries", SAMPLE | {"condition": house.facts.condition[0].slug})
    except OSError as error:
        tell(f"The sample enquiry was not answered ({error}): look at the lines of the intake above")
        return False
    if answer.status != ACCEPTED:
        tell(f"The sample enquiry was refused with {answer.status}: {answer.body.decode(errors='replace')}")
        return False
    receipt = answer.json()
    accepted = time.monotonic() - began
    tell(f"Posted a sample enquiry, accepted after {accepted:.2f} s: reference {spaced(receipt['reference'])}")
    tell(receipt["message"])
    missing = expected(house.facts, open_now=receipt["open_now"])
    async for mail in _arrivals(house, receipt["reference"], newest, began):
        tell(f"Mail after {mail.seconds:.2f} s to {mail.recipient}: {mail.subject}")
        missing.pop(mail.recipient, None)
        if not missing:
            return True
    for recipient, kind in missing.items():
        tell(
            f"The {kind} to {recipient} did not come within {WAIT_SECONDS:g} s: look at the lines of the workers above"
        )
    return False


def expected(facts: ClinicFacts, *, open_now: bool) -> dict[str, str]:
    """Return who must get which mail at once; an alert that is held until the clinic opens is not waited for."""
    mails = {PATIENT: "confirmation"}
    if open_now or facts.alerts.out_of_hours == "immediate":
        mails |= dict.fromkeys(facts.reception, "alert")
    return mails


async def _arrivals(house: House, reference: str, after: str, began: float) -> AsyncIterator[Arrival]:
    """Yield the mails that name the reference, until a minute has gone by."""
    while (seconds := time.monotonic() - began) < WAIT_SECONDS:
        for mail in await _mails(house, after):
            after = mail["id"]
            if reference in re.sub(r"\s", "", mail["subject"] + mail["text"]):
                for recipient in mail["to"]:
                    yield Arrival(seconds, recipient, mail["subject"])
        await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _mails(house: House, after: str) -> list[Mapping[str, Any]]:
    """Return what the catcher holds, oldest first, from behind the mail named; nothing while it is away."""
    if house.inbox is None:
        return []
    try:
        answer = await fetch(house.inbox, "GET", f"/api/messages?after={after}")
    except OSError:
        return []
    mails: list[Mapping[str, Any]] = answer.json()
    return mails

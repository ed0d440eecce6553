"""The sample enquiry of the demo: posts it as a website's server would, and watches for both of its mails."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from clinic.reference import spaced
from ops.fetch import fetch
from ops.house import House

SAMPLE = {
    "name": "Sam Sample",
    "email": "sam.sample@patient.example",
    "phone": "07700 900123",
    "contact_by": "phone",
    "contact_when": "weekday mornings",
    "condition": "sacro-iliac-joint-pain",
    "message": "My lower back has hurt on one side since I lifted a sofa. Could I see somebody next week?",
}
MAILS = 2
WAIT_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.05


async def send_sample(house: House, tell: Callable[[str], None]) -> bool:
    """Post the sample and tell of each mail as it arrives; return whether all came within a minute."""
    condition = await _first_condition(house)
    began = time.monotonic()
    answer = await fetch(house.intake, "POST", "/enquiries", SAMPLE | condition)
    if answer.status != 202:  # noqa: PLR2004 - the status of the contract
        tell(f"The sample enquiry was refused with {answer.status}: {answer.body.decode(errors='replace')}")
        return False
    reference = spaced(answer.json()["reference"])
    tell(f"Posted a sample enquiry, accepted after {time.monotonic() - began:.2f} s: reference {reference}")
    tell(answer.json()["message"])
    seen: set[str] = set()
    while len(seen) < MAILS and time.monotonic() - began < WAIT_SECONDS:
        for mail in await _mails(house, reference):
            if mail["id"] not in seen:
                seen.add(mail["id"])
                tell(f"Mail after {time.monotonic() - began:.2f} s to {', '.join(mail['to'])}: {mail['subject']}")
        await asyncio.sleep(LOOK_EVERY_SECONDS)
    if len(seen) < MAILS:
        tell(f"Only {len(seen)} of {MAILS} mails came within {WAIT_SECONDS:g} s: look at the lines of the workers above")
    return len(seen) == MAILS


async def _first_condition(house: House) -> dict[str, str]:
    """Return the sample's condition, or none for a clinic that has no such page."""
    page = await fetch(house.intake, "GET", f"/enquiry/{SAMPLE['condition']}")
    return {} if page.status == 200 else {"condition": ""}  # noqa: PLR2004 - the status of the contract


async def _mails(house: House, reference: str) -> list[dict[str, Any]]:
    """Return what the catcher holds for a reference, oldest first; it may hold mails of earlier runs."""
    if house.inbox is None:
        return []
    answer = await fetch(house.inbox, "GET", "/api/messages")
    return [mail for mail in answer.json() if reference in mail["subject"]]

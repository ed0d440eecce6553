"""What a person may ask for, on the command line: all that is kept of them, and that it is forgotten."""

import asyncio
import json

from clinic.acts import Acts
from clinic.errors import ConfigurationError, SealBroken, StoreUnavailable
from clinic.record import read_record
from clinic.reference import spaced
from clinic.seal import Seal
from clinic.settings import Settings
from clinic.store import Files, Rewriting, Staff, connect
from ops.reference import typed_reference

# A rewrite of a clinic's file takes seconds.
REWRITE_SECONDS = 120.0


async def export(settings: Settings, text: str) -> str:
    """Return all that is kept of an enquiry as JSON (subject access, UK GDPR article 15)."""
    reference = typed_reference(text)
    seal = Seal(settings.secrets)
    async with connect(settings.redis_url.get_secret_value()) as redis:
        files = Files(redis)
        [sealed] = await files.sealed([reference])
        if not sealed:
            raise ConfigurationError([f"there is no enquiry {spaced(reference)}: it may have been erased"])
        try:
            record = read_record(seal.open(sealed, reference))
        except SealBroken as broken:
            raise ConfigurationError([f"FRONTDESK_SECRET: {broken}"]) from None
        history = await Acts(Staff(redis), seal).history(reference)
        deliveries = await files.deliveries(reference)
    kept = record.model_dump(mode="json", exclude={"link", "not_spam", "facts"})
    return json.dumps(
        kept
        | {
            "deliveries": {name: {"state": state, "cause": cause} for name, (state, cause) in deliveries.items()},
            "acts": [{"at": act.at.isoformat(), "what": act.what, "by": act.by, "note": act.note} for act in history],
        },
        indent=2,
        ensure_ascii=False,
    )


async def erase(settings: Settings, text: str, by: str) -> str:
    """Forget what a patient wrote, stop its mails, and have it off the disk; return what was done (article 17)."""
    reference = typed_reference(text)
    async with connect(settings.redis_url.get_secret_value()) as redis:
        staff = Staff(redis)
        if not await Acts(staff, Seal(settings.secrets)).erase(reference, by):
            raise ConfigurationError([f"there is no enquiry {spaced(reference)}: it may have been erased before"])
        try:
            written = await off_the_disk(Rewriting(redis))
        except StoreUnavailable:
            # Who may erase need not be who may have the file written anew: a worker does it within a minute.
            written = False
    file = (
        "its append-only file is written anew"
        if written
        else "a worker has the file written anew, every minute until it is"
    )
    return f"{spaced(reference)} is erased; {file}. Backups that hold it are yours to forget."


async def off_the_disk(rewriting: Rewriting) -> bool:
    """Have the file written anew after an erasure, and return whether that is done; raise StoreUnavailable."""
    deadline = asyncio.get_running_loop().time() + REWRITE_SECONDS
    while not await rewriting.rewrite():
        if not await rewriting.wished():
            return True  # a worker saw to it before us
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.2)
    while (well := await rewriting.rewritten()) is None:
        if asyncio.get_running_loop().time() > deadline:
            return False
        await asyncio.sleep(0.1)
    return well

"""Key rotation: every record is sealed anew under the newest secret, while the service goes on."""

from clinic.errors import SealBroken
from clinic.seal import Seal
from clinic.settings import Settings
from clinic.store import Staff, connect


async def rotate(settings: Settings) -> tuple[int, int]:
    """Seal every record and note anew; return how many were, and how many no secret opens. Raise StoreUnavailable.

    Whatever is erased meanwhile stays erased; whoever stops in the middle begins again.
    """
    seal = Seal(settings.secrets)
    sealed = broken = 0
    async with connect(settings.redis_url.get_secret_value()) as redis:
        staff = Staff(redis)
        async for reference in staff.enquiries():
            old = await staff.sealed(reference)
            if old is None or seal.is_newest(old):
                continue
            try:
                new = seal.close(seal.open(old, reference), reference)
            except SealBroken:
                broken += 1
                continue
            sealed += await staff.seal_anew(reference, old, new)
        sealed_acts, broken_acts = await _acts(staff, seal)
    return sealed + sealed_acts, broken + broken_acts


async def _acts(staff: Staff, seal: Seal) -> tuple[int, int]:
    sealed = broken = 0
    async for reference in staff.with_acts():
        for number, entry in enumerate(await staff.acts(reference)):
            at, what, old = entry.split(b" ", 2)
            if seal.is_newest(old):
                continue
            try:
                new = seal.close(seal.open(old, reference), reference)
            except SealBroken:
                broken += 1
                continue
            sealed += await staff.act_anew(reference, number, entry, b" ".join((at, what, new)))
    return sealed, broken

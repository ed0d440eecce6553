"""Whether all that a server holds is whole: each enquiry on its lists, and nothing on a list that is not there."""

from clinic.delivery import DeliveryName
from clinic.reference import parse_reference
from clinic.store.words import Entry
from tests.support.valkey import Client

DUE = ("due", "sending")
BAD = ("failed", "in_doubt")


async def broken(redis: Client) -> list[str]:
    """Return what is not whole, one line each."""
    records = {key.decode().partition(":")[2] async for key in redis.scan_iter("enquiry:*", count=1000)}
    entries: dict[str, Entry] = {}
    owners: set[str] = set()
    async for key in redis.scan_iter("deliveries:*", count=1000):
        reference = key.decode().partition(":")[2]
        owners.add(reference)
        for name, entry in (await redis.hgetall(key)).items():
            entries[f"{reference}/{name.decode()}"] = Entry.read(entry)
    lists = {
        name: {member.decode() for member in await redis.zrange(name, 0, -1)}
        for name in ("open", "contacted", "quarantined", "diary", "attention", "retrying", "stranded")
    }
    found = [f"{reference} has no mails" for reference in records - owners]
    found += [f"{reference} is on no list" for reference in records - lists["open"] - lists["contacted"]]
    found += [f"{reference} is on both lists" for reference in lists["open"] & lists["contacted"]]
    for name in ("open", "contacted", "quarantined"):
        found += [f"{reference} is {name}, and is not there" for reference in lists[name] - records]
    ours = {member for member in entries if DeliveryName.known(member.partition("/")[2])}
    due = {member for member in ours if entries[member].state in DUE}
    # What was erased came to nothing as well, and is seen no more.
    bad = {member for member in ours if entries[member].state in BAD and _is_there(member, records)}
    found += [f"{member} is due, and not in the diary" for member in due - lists["diary"]]
    found += [f"{member} is in the diary, and not due" for member in lists["diary"] - due]
    found += [f"{member} came to nothing, and nobody sees it" for member in bad - lists["attention"]]
    found += [f"{member} is seen, and did not come to nothing" for member in lists["attention"] - bad]
    for name in ("retrying", "stranded"):
        found += [f"{member} is {name}, and not due" for member in lists[name] - due]
    found += [f"{member} is due, and its enquiry is not there" for member in due if not _is_there(member, records)]
    return found


def _is_there(member: str, records: set[str]) -> bool:
    reference = member.partition("/")[0]
    return parse_reference(reference) is None or reference in records

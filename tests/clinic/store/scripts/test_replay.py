"""What neither failed nor is in doubt is not sent again."""

from clinic.delivery import Lane, State
from clinic.store import Staff, Store
from clinic.store.words import Settlement
from tests.clinic.store.enquiries import ALERT, CONFIRMATION, claimed, enquiry, entry
from tests.support.clock import SetClock
from tests.support.valkey import Client


async def test_what_is_due_or_was_sent_is_not_replayed(store: Store, redis: Client, clock: SetClock) -> None:
    staff = Staff(redis, clock)
    await store.accept(enquiry("CFGH3467"))
    await store.settle([Settlement(await claimed(store, Lane.PATIENT), State.SENT, "dot-250")])
    for name, stands in ((CONFIRMATION, "sent "), (ALERT, "due ")):
        assert not await staff.replay("CFGH3467", name, b"who")
        assert (await entry(redis, "CFGH3467", name)).startswith(stands)
    assert await redis.exists("acts:CFGH3467") == 0

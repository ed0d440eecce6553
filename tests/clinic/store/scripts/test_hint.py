"""A server that is full still wakes workers, and lets them log in: what is due includes what makes room."""

import pytest

from clinic.errors import StoreUnavailable
from clinic.hint import QUEUE
from clinic.store import Logins, Store, connect
from tests.clinic.store.enquiries import enquiry
from tests.support.valkey import Valkey


async def test_a_full_server_takes_hints_and_logins_and_no_enquiry(valkey: Valkey) -> None:
    redis = connect(valkey.url)
    store, logins = Store(redis), Logins(redis)
    await store.keep_facts("facts1", b"{}")
    await redis.config_set("maxmemory", 1)
    with pytest.raises(StoreUnavailable):
        await store.accept(enquiry("CFGH3467"))
    await store.hint(b"wake")
    assert await redis.lrange(QUEUE, 0, -1) == [b"wake"]
    assert await logins.turn() == 0
    assert await logins.turn() > 0
    assert await logins.refused() > 0
    await redis.aclose()

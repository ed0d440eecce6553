"""An enquiry is accepted whole, with its deliveries due at the right time, or refused in time."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import cast

import pytest

from clinic.acceptance import Acceptance, Accepted, IdempotencyConflict, TooMany
from clinic.clock import instant
from clinic.enquiry import Enquiry
from clinic.errors import StoreUnavailable
from clinic.facts import Alerts, ClinicFacts
from clinic.record import read_record
from clinic.screening import CLEAR, Limit, Screening
from clinic.seal import Blinder, Seal
from clinic.store import Store, connect
from clinic.store.lanes import LANE_MS
from clinic.store.words import side
from tests.support.clock import SetClock
from tests.support.valkey import Client, Valkey

SECRET = "s" * 32
MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
MONDAY_OPENING = datetime(2026, 11, 23, 8, tzinfo=UTC)
ENQUIRY = Enquiry(name="Ada Lovejoy", email="ada@patient.test", message="My sternum hurts")


def acceptance(
    store: Store, facts: ClinicFacts, at: datetime = MONDAY_NOON, durable: Callable[[], bool] = lambda: True
) -> Acceptance:
    blinder = Blinder(SECRET, "idempotency")
    return Acceptance(store, facts, Seal([SECRET]), blinder, SetClock(at), durable=durable)


async def accept(taking: Acceptance, key: str | None = None, body: bytes = b"body") -> Accepted:
    return await taking.accept(ENQUIRY, idempotency_key=key, body=body)


async def due(redis: Client) -> dict[str, datetime]:
    """Return when each delivery is due, by its name."""
    rows = await redis.zrange("diary", 0, -1, withscores=True)
    return {member.decode().split("/")[1]: instant(int(score) % LANE_MS) for member, score in rows}


async def test_accepted_enquiry_can_be_read_back_with_our_secret(redis: Client, facts: ClinicFacts) -> None:
    accepted = await accept(acceptance(Store(redis), facts))
    sealed = await redis.get(f"enquiry:{accepted.reference}")
    record = read_record(Seal([SECRET]).open(sealed, accepted.reference))
    assert (record.enquiry, record.received_at, record.facts) == (ENQUIRY, MONDAY_NOON, facts.edition())
    assert ClinicFacts.model_validate_json(await redis.get(f"facts:{record.facts}")) == facts


async def test_nothing_that_is_stored_shows_who_wrote_or_what(redis: Client, facts: ClinicFacts) -> None:
    accepted = await accept(acceptance(Store(redis), facts), key="key-of-ada@patient.test")
    stored = b""
    for key in await redis.keys("*"):
        stored += key + (await redis.dump(key) or b"")
    stored += b"".join(await redis.lrange("mail", 0, -1))
    assert accepted.reference.encode() in stored
    assert not any(word in stored for word in (b"Ada", b"Lovejoy", b"patient.test", b"sternum", b"key-of"))


async def test_nothing_is_accepted_by_a_store_that_would_lose_it(redis: Client, facts: ClinicFacts) -> None:
    taking = acceptance(Store(redis), facts, durable=lambda: False)
    with pytest.raises(StoreUnavailable, match="would lose"):
        await accept(taking)
    assert await redis.keys("*") == []


async def test_same_key_gives_the_same_reference_and_time(redis: Client, facts: ClinicFacts) -> None:
    store = Store(redis)
    first = await accept(acceptance(store, facts, MONDAY_NOON), key="k")
    again = await accept(acceptance(store, facts, SATURDAY_NIGHT), key="k")
    assert (again.reference, again.received_at, again.repeated) == (first.reference, MONDAY_NOON, True)


async def test_another_key_is_another_enquiry_however_alike_the_two_are(redis: Client, facts: ClinicFacts) -> None:
    taking = acceptance(Store(redis), facts)
    found = [await accept(taking, key=key) for key in ("k" * 254 + "1", "k" * 254 + "2", "k" * 254, "k", "K", "")]
    assert len({accepted.reference for accepted in found}) == len(found)


async def test_same_key_a_hundred_times_at_once_gives_one_record(redis: Client, facts: ClinicFacts) -> None:
    taking = acceptance(Store(redis), facts)
    answers = await asyncio.gather(*(accept(taking, key="k") for _ in range(100)))
    assert len({answer.reference for answer in answers}) == 1
    assert len(await redis.keys("enquiry:*")) == 1


async def test_same_key_with_another_body_is_refused(redis: Client, facts: ClinicFacts) -> None:
    taking = acceptance(Store(redis), facts)
    await accept(taking, key="k")
    with pytest.raises(IdempotencyConflict):
        await accept(taking, key="k", body=b"other")


OLD, NEW = SECRET, "n" * 32


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ([OLD], [OLD, NEW]),
        ([OLD, NEW], [NEW, OLD]),
        # One intake was restarted, and the other, which is asked again, was not.
        ([NEW, OLD], [OLD, NEW]),
        ([NEW, OLD], [NEW]),
    ],
)
async def test_same_key_is_known_again_while_the_secret_is_changed(
    redis: Client, facts: ClinicFacts, first: list[str], then: list[str]
) -> None:
    before, after = (
        Acceptance(Store(redis), facts, Seal(secrets), Blinder(secrets[0], "idempotency", secrets[1:]), SetClock())
        for secrets in (first, then)
    )
    accepted = await accept(before, key="k")
    again = await accept(after, key="k")
    assert (again.reference, again.repeated) == (accepted.reference, True)
    with pytest.raises(IdempotencyConflict):
        await accept(after, key="k", body=b"other")
    assert (await accept(after, key="another")).repeated is False
    assert len(await redis.keys("idempotency:*")) == 2


async def test_what_is_set_aside_beyond_a_limit_is_counted_anew_and_so_much_of_it_and_no_more_is_stored(
    redis: Client, facts: ClinicFacts
) -> None:
    taking = acceptance(Store(redis, SetClock(MONDAY_NOON)), facts)
    aside = Limit(side(0, b"aside".ljust(16), b"2 60000"), refuses=True)
    limits = [Limit(side(1, b"address".ljust(16), b"1 60000"), quarantines="address", then=aside)]

    async def send(screening: Screening, limits: Sequence[Limit]) -> None:
        await taking.accept(ENQUIRY, idempotency_key=None, body=b"", screening=screening, limits=limits)

    for _ in range(2):
        await send(CLEAR, limits)
    await send(Screening(quarantined="trap"), [aside])
    for screening, counted in ((CLEAR, limits), (Screening(quarantined="trap"), [aside])):
        with pytest.raises(TooMany):
            await send(screening, counted)
    assert len(await redis.keys("enquiry:*")) == 3
    assert await redis.zcard("quarantined") == 2


async def test_facts_that_were_wiped_are_kept_again(redis: Client, facts: ClinicFacts) -> None:
    taking = acceptance(Store(redis), facts)
    await accept(taking)
    await redis.flushall()
    await accept(taking)
    assert await redis.exists(f"facts:{facts.edition()}") == 1


async def test_alert_out_of_hours_goes_at_once_unless_the_clinic_wants_it_held(
    redis: Client, facts: ClinicFacts
) -> None:
    await accept(acceptance(Store(redis), facts, SATURDAY_NIGHT))
    at_once = await due(redis)
    await redis.flushall()
    holding = facts.model_copy(update={"alerts": Alerts(out_of_hours="hold")})
    await accept(acceptance(Store(redis), holding, SATURDAY_NIGHT))
    held = await due(redis)
    assert at_once["alert-0"] == at_once["confirmation"]
    assert held["alert-0"] == MONDAY_OPENING
    assert held["confirmation"] != MONDAY_OPENING


async def test_each_address_of_reception_has_an_alert_of_its_own(redis: Client, facts: ClinicFacts) -> None:
    two = facts.model_copy(update={"reception": ("a@clinic.test", "b@clinic.test")})
    await accept(acceptance(Store(redis), two))
    assert sorted(await due(redis)) == [
        *("alert-0", "alert-1", "confirmation"),
        *("escalation-0", "escalation-1", "reminder-0", "reminder-1"),
    ]


async def test_frozen_store_is_given_up_within_two_seconds(valkey: Valkey, facts: ClinicFacts) -> None:
    client = connect(valkey.url)
    taking = acceptance(Store(client), facts)
    valkey.freeze()
    try:
        async with asyncio.timeout(2):
            with pytest.raises(StoreUnavailable):
                await accept(taking)
    finally:
        valkey.thaw()
    await client.aclose()


async def test_reference_that_is_always_taken_is_no_acceptance(facts: ClinicFacts) -> None:
    class Full:
        async def accept(self, _new: object, _seconds: float) -> str:
            return "taken"

    with pytest.raises(StoreUnavailable):
        await accept(acceptance(cast(Store, Full()), facts))

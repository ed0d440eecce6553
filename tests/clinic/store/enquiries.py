"""Enquiries as the store takes them, and how their deliveries stand."""

from collections.abc import Sequence

from clinic.delivery import DeliveryName, Kind, Lane, State
from clinic.store import Store
from clinic.store.plans import packed
from clinic.store.words import Claim, NewDelivery, NewEnquiry, Plan
from tests.support.valkey import Client

CONFIRMATION = DeliveryName(Kind.CONFIRMATION)
ALERT = DeliveryName(Kind.ALERT, 0)
DELIVERIES = (NewDelivery(CONFIRMATION, State.DUE, None), NewDelivery(ALERT, State.DUE, None))


def enquiry(
    reference: str,
    key: bytes | None = None,
    body: bytes = b"b" * 16,
    deliveries: Sequence[NewDelivery] = DELIVERIES,
    facts: str = "facts1",
    quarantined: bool = False,
) -> NewEnquiry:
    plan = Plan(facts, 1_795_014_400_000, deliveries, quarantined=quarantined)
    return NewEnquiry(
        reference=reference,
        received_ms=1_795_000_000_000,
        sealed=b"sealed " + reference.encode(),
        plan=packed(plan),
        idempotency_key=key,
        body_digest=body,
    )


async def entry(redis: Client, reference: str, name: DeliveryName) -> str:
    return (await redis.hget(f"deliveries:{reference}", str(name)) or b"").decode()


async def claimed(store: Store, lane: Lane) -> Claim:
    (claim,) = await store.claim(lane, 1)
    return claim

"""The whole service in this process, over a real server and a real relay, with a clock that is set."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from clinic.acceptance import Acceptance, Accepted
from clinic.delivery import Lane
from clinic.facts import ClinicFacts
from clinic.records import Records
from clinic.relay import Relay
from clinic.seal import Blinder, Seal
from clinic.store import Files, Logins, Staff, Store
from clinic.store.lanes import LANE_MS
from clinic.templates import MailTemplates
from tests.support.clock import SetClock
from tests.support.patients import enquiry
from tests.support.processes import SECRET
from tests.support.valkey import Client
from workers.attempt import Attempts
from workers.claimed import Claimed
from workers.connections import Connections
from workers.courier import Courier

MOMENT = timedelta(milliseconds=1)


class Service:
    """One intake and one worker; several on one server are several processes."""

    def __init__(
        self,
        redis: Client,
        facts: ClinicFacts,
        relay: Relay | str,
        clock: SetClock,
        *,
        attempt_seconds: float = 5.0,
        templates: MailTemplates | None = None,
        secrets: Sequence[str] = (SECRET,),
    ) -> None:
        """Reach the relay by its URL; by a Relay where it is to be treated as one on another machine."""
        self.redis = redis
        self.clock = clock
        self.store = Store(redis, clock)
        self.staff = Staff(redis, clock)
        self.seal = Seal(secrets)
        self.acceptance = Acceptance(self.store, facts, self.seal, Blinder(SECRET, "idempotency"), clock)
        self.connections = Connections(
            Relay.parse(relay) if isinstance(relay, str) else relay, Logins(redis), attempt_seconds
        )
        self.records = Records(self.store, self.seal, facts)
        self.claimed = Claimed(self.records, self.store, Files(redis), facts)
        self.attempts = Attempts(self.store, self.claimed, self.connections, clock, templates)
        self.courier = Courier(self.store, self.attempts.deliver)

    async def accept(self, number: int = 0, key: str | None = None) -> Accepted:
        """Accept the enquiry of patient so-and-so."""
        sent = enquiry(number)
        return await self.acceptance.accept(sent, idempotency_key=key, body=sent.model_dump_json().encode())

    async def work(self) -> None:
        """Carry all that is due now."""
        await self.courier.wake(60)

    async def work_off(self, hours: float = 100) -> None:
        """Carry whatever comes due, the clock jumping from one due time to the next, until nothing is left."""
        end = self.clock.at + timedelta(hours=hours)
        await self.work()
        while (due := await self.next_due()) is not None and due < end:
            self.clock.at = max(self.clock.at, due + MOMENT)
            await self.work()

    async def next_due(self) -> datetime | None:
        """Return when the next delivery is due, or its lease runs out."""
        # All lanes at one instant: what is settled in one of them may be followed up in another.
        async with self.redis.pipeline(transaction=True) as pipe:
            for lane in Lane:
                start = lane * LANE_MS
                pipe.zrange("diary", start, start + LANE_MS - 1, byscore=True, offset=0, num=1, withscores=True)
            found = await pipe.execute()
        first = [score - lane * LANE_MS for lane, rows in zip(Lane, found, strict=True) for _, score in rows]
        return datetime.fromtimestamp(min(first) / 1000, UTC) if first else None

    async def states(self) -> dict[str, str]:
        """Return the state and cause of every delivery: {"<reference>/alert-0": "sent dot-250"}."""
        found: dict[str, str] = {}
        async for key in self.redis.scan_iter("deliveries:*", count=1000):
            for name, entry in (await self.redis.hgetall(key)).items():
                words = entry.decode().split(" ")
                found[f"{key.decode().removeprefix('deliveries:')}/{name.decode()}"] = f"{words[0]} {words[5]}"
        return found

    async def close(self) -> None:
        await self.courier.stop()
        await self.connections.close()

"""Judges a run by what the relays took and visitors were told; the service's own word counts only where it admits."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.row import Row
from tests.support.fleet import Fleet, Life
from tests.support.ledger import Copy, Ledger
from tests.support.load import Load
from tests.support.valkey import Client

# A relay may read a mail's last bytes a moment after the process that wrote them was killed.
LATE_SECONDS = 0.3
PLANNED = ("alert-0", "confirmation")
Mail = tuple[str, str]


@dataclass
class Judgement:
    """What became of every enquiry of a run; `waits` are seconds from the visitor's answer to the first copy."""

    accepted: int = 0
    lost: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    in_window: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    listed: dict[str, str] = field(default_factory=dict)
    waits: dict[Mail, float] = field(default_factory=dict)
    windows: list[float] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    @property
    def window(self) -> str:
        """Return how long a mail stood in the window, from the relay's record of it to ours."""
        told = sorted(self.windows) or [0.0]
        return f"median {told[len(told) // 2] * 1000:.0f} ms, 99 % {told[len(told) * 99 // 100] * 1000:.0f} ms"

    @property
    def most_by_one_kill(self) -> int:
        """Return how many mails one kill doubled at most."""
        return max(self.in_window.values(), default=0)

    @property
    def worst_alert(self) -> float:
        """Return the longest an alert let wait."""
        return max((wait for (_, name), wait in self.waits.items() if name.startswith("alert")), default=0.0)

    @property
    def worst(self) -> float:
        """Return the longest that any mail let wait."""
        return max(self.waits.values(), default=0.0)

    @property
    def examples(self) -> list[str]:
        """Return a few of what went wrong, to look into."""
        return [*self.lost[:5], *self.phantom[:5], *self.doubled[:5], *[f"{m}: {e}" for m, e in self.listed.items()]]

    def row(
        self, fault: str, tried: str, *, allowed: int = 0, recovery: float | None = None, at_most: float | None = None
    ) -> Row:
        """Return what it cost; what is listed for staff is a fault where nothing but the service itself was hurt."""
        listed = [f"{len(self.listed)} listed for staff"] if self.listed else []
        return Row(
            fault=fault,
            tried=tried,
            lost=len(self.lost),
            phantom=len(self.phantom),
            doubled=len(self.doubled),
            in_window=sum(self.in_window.values()),
            allowed=allowed,
            recovery=self.worst if recovery is None else recovery,
            at_most=at_most,
            others=[*self.others, *listed],
        )


async def judge(fleet: Fleet, loads: Sequence[Load], ledgers: Sequence[Ledger], redis: Client) -> Judgement:
    """Look at everything once the diary is empty."""
    found = Judgement()
    stored = {name.decode().partition(":")[2] async for name in redis.scan_iter("enquiry:*", count=1000)}
    told = {answered.reference: number for load in loads for number, answered in load.answered.items()}
    copies: dict[Mail, list[Copy]] = defaultdict(list)
    for ledger in ledgers:
        for copy in ledger.copies:
            copies[copy.reference, copy.delivery].append(copy)
    _acceptances(found, loads, told, stored)
    await _ends(found, {*told, *stored}, copies, redis)
    _mails(found, fleet, copies, told, stored)
    answered_at = {one.reference: one.at for load in loads for one in load.answered.values()}
    for mail, its in copies.items():
        if mail[0] in answered_at:
            found.waits[mail] = its[0].at - answered_at[mail[0]]
    return found


def _acceptances(found: Judgement, loads: Sequence[Load], told: dict[str, int], stored: set[str]) -> None:
    """Count what was promised, and no record more than was asked for."""
    found.accepted = len(told)
    if len(told) != sum(len(load.answered) for load in loads):
        found.others.append("two visitors were given one reference")
    asked = {number for load in loads for number in load.asked}
    if len(stored) > len(asked):
        found.others.append(f"{len(stored)} records for {len(asked)} enquiries")


async def _ends(found: Judgement, references: set[str], copies: dict[Mail, list[Copy]], redis: Client) -> None:
    """Find what ended neither sent, and taken by a relay, nor listed for staff."""
    attention = {member.decode() for member in await redis.zrange("attention", 0, -1)}
    for reference in references:
        entries = {
            name.decode(): entry.decode() for name, entry in (await redis.hgetall(f"deliveries:{reference}")).items()
        }
        for name in PLANNED:
            entry = entries.get(name, "missing")
            mail = f"{reference}/{name}"
            if entry.split(" ")[0] in {"failed", "in_doubt"} and mail in attention:
                found.listed[mail] = entry
            elif not entry.startswith("sent ") or (reference, name) not in copies:
                found.lost.append(f"{mail}: {entry}, {len(copies.get((reference, name), ()))} copies")


def _mails(
    found: Judgement, fleet: Fleet, copies: dict[Mail, list[Copy]], told: dict[str, int], stored: set[str]
) -> None:
    """Judge every mail a relay took: whose it is, whether its copies are equal, and what a second one is due to."""
    settled = {life.process.pid: life.settled() for slot in fleet.workers for life in slot.lives}
    for (reference, name), its in copies.items():
        its.sort(key=lambda copy: copy.at)
        if reference not in told and reference not in stored:
            found.phantom.append(f"{reference}/{name}")
        if name == "confirmation" and reference in told and its[0].to != f"patient-{told[reference]}@example.org":
            found.others.append(f"{reference} went to another patient")
        if len({copy.digest for copy in its}) > 1:
            found.doubled.append(f"{reference}/{name}: copies that differ")
        lives = [_life(fleet, copy) for copy in its]
        for copy, life in zip(its, lives, strict=True):
            if life is not None and (noted := settled[life.process.pid].get((reference, name))) is not None:
                found.windows.append(noted - copy.at)
        for copy, life in zip(its[:-1], lives[:-1], strict=True):
            if life is None or life.killed is None or life.killed < copy.at - LATE_SECONDS:
                found.doubled.append(f"{reference}/{name}: its sender was not killed after it: {_told(its)}")
            elif (reference, name) in settled[life.process.pid]:
                found.doubled.append(f"{reference}/{name}: was stored as sent: {_told(its)}")
            else:
                found.in_window[life.process.pid] += 1


def _told(copies: Sequence[Copy]) -> str:
    return ", ".join(f"{copy.relay} at {copy.at:.2f}" for copy in copies)


def _life(fleet: Fleet, copy: Copy) -> Life | None:
    """Return the process that wrote a copy: the youngest of its worker's that could have."""
    slot = next(slot for slot in fleet.workers if slot.name == copy.relay)
    lives = [life for life in slot.lives if life.born < copy.at - LATE_SECONDS]
    return lives[-1] if lives else None

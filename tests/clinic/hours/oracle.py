"""Compares the schedule with the oracle on many random instants and times both.

python -m tests.clinic.hours.oracle [INSTANTS]      (100,000 by default; instants x 20 schedules x 4 questions)
"""

import sys
import time
from collections.abc import Callable
from datetime import datetime

from rich.console import Console
from rich.progress import track

from clinic.hours import ReplyTarget, Schedule, promise
from tests.clinic.hours.schedules import TWENTY, random_instants
from tests.clinic.hours.workclock_oracle import WorkclockOracle

HOURS, DAYS = ReplyTarget.parse("4 open hours"), ReplyTarget.parse("1 working day")


def differences(schedule: Schedule, oracle: WorkclockOracle, instants: list[datetime]) -> list[str]:
    """One line for each answer that is not the oracle's."""
    found = []
    for at in instants:
        answers = {
            "is_open": (schedule.is_open(at), oracle.is_open(at)),
            "next_opening": (schedule.next_opening(at), oracle.next_opening(at)),
            str(HOURS): (schedule.reply_by(at, HOURS), oracle.reply_by(at, HOURS)),
            str(DAYS): (schedule.reply_by(at, DAYS), oracle.reply_by(at, DAYS)),
        }
        found += [f"{at} {what}: {ours} != {theirs}" for what, (ours, theirs) in answers.items() if ours != theirs]
    return found


def _microseconds(answer: Callable[[datetime], object], instants: list[datetime]) -> float:
    """What one question costs, on average."""
    began = time.perf_counter()
    for at in instants:
        answer(at)
    return (time.perf_counter() - began) / len(instants) * 1e6


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    instants = random_instants(count, seed=20261123)
    console, total = Console(), 0
    for name, facts in track(TWENTY.items(), description="Comparing", total=len(TWENTY), console=console):
        found = differences(Schedule(facts), WorkclockOracle(facts), instants)
        total += len(found)
        console.print(f"{name}: {len(found)} differences", *found[:5], sep="\n  ")
    brief = TWENTY["the clinic of the brief"]
    schedule, oracle, sample = Schedule(brief), WorkclockOracle(brief), instants[:20_000]
    _microseconds(schedule.is_open, sample)  # the years are worked out once
    ours = _microseconds(lambda at: schedule.reply_by(at, HOURS), sample)
    theirs = _microseconds(lambda at: oracle.reply_by(at, HOURS), sample)
    whole = _microseconds(lambda at: promise(schedule, at), sample)
    console.print(f"{total} differences in {count} instants x {len(TWENTY)} schedules x 4 questions")
    console.print(
        f"reply_by {ours:.1f} us, the oracle's {theirs:.1f} us, ratio {ours / theirs:.2f}; promise {whole:.1f} us"
    )
    return 1 if total else 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The tables of the mails: drained from cold, in a burst, at rest, and how soon a process is of use."""

import argparse
from collections.abc import Callable
from statistics import median

from bench.drain import Drained, burst, drain
from bench.limits import MAIL_BYTES, mails_per_second
from bench.rest import at_rest, first_accepted, first_mail, timed_sink
from bench.section import KINDS, NAMES, Section, console
from bench.stand import Kind, sink, slow_sink, stand

# Two workers have so many conversations each: patients' lane and reception's, 16 slots each.
SESSIONS = 64
# What the relay is asked for each mail: MAIL, RCPT, DATA and the final dot.
VERBS = 4


def drained(chosen: argparse.Namespace) -> Section:
    """Measure enquiries a second from the start of the workers until the last of two mails each."""
    return _mails("Drain, cold workers", drain, chosen)


def bursts(chosen: argparse.Namespace) -> Section:
    """Measure enquiries a second from the first POST until the last mail, everything running."""
    return _mails("Burst, from the first POST to the last mail", burst, chosen)


def _mails(title: str, measure: Callable[..., Drained], chosen: argparse.Namespace) -> Section:
    rows = []
    for delay_ms in (0, 10):
        found: dict[Kind, list[Drained]] = {kind: [] for kind in KINDS}
        for turn in range(chosen.rounds):
            for kind in KINDS:
                console.print(f"  {title}, {delay_ms} ms, run {turn + 1} of {chosen.rounds}: {NAMES[kind]}")
                # A relay that is slow makes the peers slow: they get fewer, so that a run ends.
                count = chosen.enquiries if kind == "ours" or not delay_ms else chosen.enquiries // 10
                with slow_sink(delay_ms) if delay_ms else sink() as port, stand(kind, port) as made:
                    found[kind].append(measure(made, count))
        ours = median(one.per_second for one in found["ours"])
        for which, runs in found.items():
            own = median(one.per_second for one in runs)
            cpu = median(one.cpu_seconds / one.enquiries * 1000 for one in runs)
            memory = median(one.memory for one in runs) / 2**20
            rows.append(
                (NAMES[which], f"{delay_ms} ms", f"{own:,.0f}", f"{cpu:.2f}", f"{memory:.0f}", f"{ours / own:.2f}")
            )
        if not delay_ms:
            with sink() as port:
                best = median(mails_per_second(port, SESSIONS, MAIL_BYTES) / 2 for _ in range(chosen.rounds))
            rows.append((f"smtp-source, {SESSIONS} sessions", "0 ms", f"{best:,.0f}", "", "", f"{ours / best:.2f}"))
        else:
            best = SESSIONS / (VERBS * delay_ms / 1000) / 2
            name = f"{SESSIONS} conversations that wait"
            rows.append((name, f"{delay_ms} ms", f"{best:,.0f}", "", "", f"{ours / best:.2f}"))
    return title, ("", "relay answers in", "enquiries/s", "CPU-s per 1,000", "memory, MiB", "we, times this"), rows


def rest(chosen: argparse.Namespace) -> Section:
    """Measure one enquiry at a time, from its POST until both mails are with the relay."""
    found: dict[Kind, list[list[float]]] = {kind: [] for kind in KINDS}
    for turn in range(chosen.rounds):
        for kind in KINDS:
            console.print(f"  at rest, run {turn + 1} of {chosen.rounds}: {NAMES[kind]}")
            with timed_sink() as to, stand(kind, to.port) as made:
                made.work()
                found[kind].append(at_rest(made, to, 60))
    rows = []
    for which, runs in found.items():
        half, tail = median(run[len(run) // 2] for run in runs), median(run[len(run) * 99 // 100] for run in runs)
        ours = median(run[len(run) // 2] for run in found["ours"])
        rows.append((NAMES[which], f"{half:.1f}", f"{tail:.1f}", f"{ours / half:.2f}"))
    return "At rest", ("", "p50, ms", "p99, ms", "we, times this"), rows


def cold(chosen: argparse.Namespace) -> Section:
    """Measure how soon a new process is of use."""
    titles = ("intake answers", "first enquiry accepted", "worker's first mail")
    found: dict[Kind, list[tuple[float, ...]]] = {kind: [] for kind in KINDS}
    for turn in range(chosen.rounds):
        for kind in KINDS:
            console.print(f"  cold start, run {turn + 1} of {chosen.rounds}: {NAMES[kind]}")
            with timed_sink() as to, stand(kind, to.port) as made:
                found[kind].append((made.answered_after, first_accepted(made), first_mail(made, to)))
    half = {kind: [median(each) for each in zip(*runs, strict=True)] for kind, runs in found.items()}
    rows = [
        (
            NAMES[kind],
            *(f"{seconds:.2f}" for seconds in half[kind]),
            *(f"{ours / seconds:.2f}" for ours, seconds in zip(half["ours"], half[kind], strict=True)),
        )
        for kind in KINDS
    ]
    return "Cold start", ("", *(f"{title}, s" for title in titles), "we, times this", "and this", "and this"), rows

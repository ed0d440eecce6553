"""The tables of growth: what a waiting enquiry takes in Redis, and whether many of them make the worker slow or big."""

import argparse
from statistics import median

from redis import Redis

from bench.drain import fill
from bench.growth import Grown, grown
from bench.section import KINDS, NAMES, Section, console
from bench.stand import sink, stand

SIZES = (1_000, 10_000, 100_000, 1_000_000)
# Those that are there already, and those that are measured: what the first ones cost beside themselves (scripts, tables
# that grow by doubling) is no enquiry's.
BEFORE, FILLED = 1_000, 4_000


def size(_chosen: argparse.Namespace) -> Section:
    """Measure the memory of Redis for each more enquiry that waits."""
    found, sealed = {}, 0
    for kind in KINDS:
        console.print(f"  bytes each: {NAMES[kind]}")
        with stand(kind) as made:
            redis = Redis(unix_socket_path=str(made.valkey.socket))
            fill(made, BEFORE)
            before = int(redis.info("memory")["used_memory"])
            fill(made, FILLED, first=BEFORE)
            found[kind] = (int(redis.info("memory")["used_memory"]) - before) / FILLED
            if kind == "ours":
                sealed = redis.strlen(next(redis.scan_iter("enquiry:*")))
            redis.close()
    rows = [(NAMES[kind], f"{each:,.0f}", f"{found['ours'] / each:.2f}") for kind, each in found.items()]
    rows.append(("the sealed record alone", f"{sealed:,}", f"{found['ours'] / sealed:.2f}"))
    return "A waiting enquiry in Redis", ("", "bytes", "we, times this"), rows


def growth(chosen: argparse.Namespace) -> Section:
    """Measure one worker over ever more that waits."""
    found: dict[int, list[Grown]] = {}
    for turn in range(chosen.rounds):
        for waiting in [one for one in SIZES if one <= chosen.most]:
            # The largest takes minutes to fill, and gigabytes.
            if waiting > SIZES[0] * 100 and turn:
                continue
            console.print(f"  growth, run {turn + 1} of {chosen.rounds}: {waiting:,} waiting")
            with sink() as port, stand("ours", port) as made:
                found.setdefault(waiting, []).append(grown(made, waiting))
    base_rate = median(one.per_second for one in found[SIZES[0]])
    base_memory = median(one.memory for one in found[SIZES[0]])
    rows = []
    for waiting, runs in found.items():
        rate, memory = median(one.per_second for one in runs), median(one.memory for one in runs)
        each = median(one.bytes_each for one in runs)
        rows.append(
            (
                *(f"{waiting:,}", f"{rate:,.0f}", f"{rate / base_rate:.2f}", f"{memory / 2**20:.0f}"),
                *(f"{memory / base_memory:.2f}", f"{each:,.0f}"),
            )
        )
    head = (
        "waiting",
        "enquiries/s",
        "times that at 1,000",
        "worker, MiB",
        "times that at 1,000",
        "bytes each in Redis",
    )
    return "Growth, one worker", head, rows

"""The table of the intake: requests a second beside the peers and two limits."""

import argparse
from statistics import median

from redis import Redis

from bench.intake import Rate, intake_rate
from bench.limits import writes_per_second
from bench.section import KINDS, NAMES, Section, console
from bench.stand import Kind, Stand, stand

CONNECTIONS = (1, 16, 64)


def intake(chosen: argparse.Namespace) -> Section:
    """Measure requests a second, JSON and form, by connections; the limit is the same server with nothing to do."""
    found: dict[tuple[Kind, str, int], list[Rate]] = {}
    sizes: dict[int, int] = {}
    for turn in range(chosen.rounds):
        for kind in (*KINDS, "constant"):
            console.print(f"  intake, run {turn + 1} of {chosen.rounds}: {NAMES[kind]}")
            for form in (False, True) if kind == "ours" else (False,):
                for connections in CONNECTIONS:
                    # Each its own, lest what one has written is rewritten while another is measured.
                    with stand(kind) as made:
                        intake_rate(made, 4, 1)
                        key: tuple[Kind, str, int] = (kind, "form" if form else "JSON", connections)
                        rate = intake_rate(made, connections, chosen.seconds, form=form)
                        found.setdefault(key, []).append(rate)
                        if kind == "ours" and not form:
                            sizes[connections] = _bytes_written(made)
    rows = []
    for (which, what, connections), rates in found.items():
        ours = median(rate.per_second for rate in found["ours", what, connections])
        own = median(rate.per_second for rate in rates)
        tail = median(rate.p99_ms for rate in rates)
        failed = sum(rate.failed for rate in rates)
        rows.append(
            (NAMES[which], what, str(connections), f"{own:,.0f}", f"{tail:.1f}", str(failed), f"{ours / own:.2f}")
        )
    for connections in CONNECTIONS:
        size = sizes[connections]
        own = median(writes_per_second(connections, size) for _ in range(chosen.rounds))
        ours = median(rate.per_second for rate in found["ours", "JSON", connections])
        what = f"{size:,} bytes"
        rows.append(("redis-benchmark, synced", what, str(connections), f"{own:,.0f}", "", "", f"{ours / own:.2f}"))
    return "Intake", ("", "sent as", "connections", "requests/s", "p99, ms", "failed", "we, times this"), rows


def _bytes_written(made: Stand) -> int:
    """Return how many bytes an enquiry of ours adds to the append-only file, limits and all."""
    redis = Redis(unix_socket_path=str(made.valkey.socket))
    size = int(redis.info("persistence")["aof_current_size"]) // int(redis.hget("counts", "accepted") or 1)
    redis.close()
    return size

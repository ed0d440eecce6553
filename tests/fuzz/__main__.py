"""Runs the attack against a real intake over a real Valkey, and prints what it did: `python -m tests.fuzz`."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from clinic.facts import read_facts
from clinic.settings import ROOT
from clinic.store import connect
from tests.fuzz.attack import beside_slow, fuzz
from tests.fuzz.confirmations import differing
from tests.support.fleet import Fleet
from tests.support.valkey import Client, Valkey

REQUESTS, SLOW, HONEST, RATE, CONNECTIONS = 100_000, 500, 1_000, 100.0, 8
CONFIRMATIONS = 10_000
FUZZ_MS, BESIDE_MS = 50.0, 200.0


async def attack(requests: int, seed: int, console: Console) -> bool:
    """Return whether everything held."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        server = Valkey(Path(folder))
        server.start()
        redis: Client = connect(server.url)
        try:
            async with Fleet(Path(folder), server.url, ["smtp://127.0.0.1:9"], intakes=1) as fleet:
                address = fleet.addresses[0]
                with console.status("fuzzing") as status:
                    found = await fuzz(
                        address, requests, seed, CONNECTIONS, lambda done: status.update(f"{done:,} of {requests:,}")
                    )
                stored = len(await redis.keys("enquiry:*"))
                due = await redis.zcard("diary")
                console.print(f"{requests:,} wrong requests, seed {seed}: {dict(sorted(found.statuses.items()))}")
                half, most = found.percentile(0.5), found.percentile(0.99)
                console.print(f"answered 50 % within {half:.1f} ms, 99 % within {most:.1f} ms")
                console.print(f"{stored} records, {due} mails due, {len(found.suspicious)} answers 2xx, 5xx or none")
                for request in found.suspicious[:5]:
                    console.print(repr(request[:300]), markup=False)
                with console.status(f"{SLOW} slow connections"):
                    visitors, waits, shut_out = await beside_slow(address, SLOW, HONEST, RATE)
                worst = sorted(waits)[int(len(waits) * 0.99)] * 1000
                console.print(
                    f"{SLOW} slow connections, {shut_out} shut out: {len(waits)} of {HONEST} enquiries accepted, "
                    f"99 % within {worst:.1f} ms, answers {dict(visitors.came)}"
                )
        finally:
            await redis.aclose()
            server.remove()
    kept = stored == 0 and due == 0 and not found.suspicious and len(waits) == HONEST
    return kept and most < FUZZ_MS and worst < BESIDE_MS


def echoes_nothing(count: int, seed: int, console: Console) -> bool:
    """Return whether confirmations say nothing that a stranger typed."""
    facts = read_facts(ROOT / "clinic.toml")
    with console.status("composing") as status:
        found = differing(facts, count, seed, lambda done: status.update(f"confirmations: {done:,} of {count:,}"))
    console.print(
        f"{count:,} confirmations of hostile enquiries, {found} with a byte of what was typed but a first name"
    )
    return not found


def main() -> int:
    """Return 0 when everything held."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Send wrong and slow requests to a real intake.")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="how many wrong requests (default: 100,000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed sends the same requests (default: 1)")
    chosen = parser.parse_args()
    console = Console(highlight=False)
    held = echoes_nothing(CONFIRMATIONS, chosen.seed, console)
    held &= asyncio.run(attack(chosen.requests, chosen.seed, console))
    console.print("held" if held else "DID NOT HOLD")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())

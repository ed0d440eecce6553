"""Intake: requests a second and their tail, by wrk, at 1, 16 and 64 connections."""

import re
import subprocess
import tempfile
from dataclasses import dataclass

from bench.stand import BODY, Stand
from bench.tools import tool

FORM = (
    b"name=Sam+Okafor&email=sam.okafor%40example.org&phone=01632+960456&condition=sacro-iliac-joint-pain"
    b"&message=My+lower+back+has+hurt+on+one+side+for+about+three+weeks."
)
SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "{kind}"
wrk.headers["Accept"] = "{kind}"
wrk.body = [[{body}]]
"""
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True, slots=True)
class Rate:
    """What wrk saw: requests a second, the 99th percentile in ms, and how many answers were no success."""

    per_second: float
    p99_ms: float
    failed: int


def intake_rate(made: Stand, connections: int, seconds: int, *, form: bool = False) -> Rate:
    """Return the rate at so many connections."""
    kind, body = ("application/x-www-form-urlencoded", FORM) if form else ("application/json", BODY)
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(SCRIPT.format(kind=kind, body=body.decode()))
        script.flush()
        command = [tool("wrk"), "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script.name]
        told = subprocess.run([*command, made.url + "/enquiries"], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", told)
    tail = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    assert rate, told
    assert tail, told
    return Rate(float(rate[1]), float(tail[1]) * UNITS[tail[2]], int(failed[1]) if failed else 0)

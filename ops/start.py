"""Starts a command; a process that serves needs no command line, and is of use sooner without."""

import os
import sys

from clinic.errors import ConfigurationError, StoreUnavailable
from clinic.settings import read_settings


def intake() -> None:
    """Run one intake process until it is told to stop."""
    from intake.serve import serve

    serve(read_settings())


def worker() -> int:
    """Run one worker process until it is told to stop, and return its exit code."""
    from workers.main import run

    return run(read_settings())


def main() -> None:
    """Run a command; faults of the configuration are lines, and exit code 78 (EX_CONFIG of sysexits)."""
    try:
        match sys.argv[1:]:
            case ["intake"]:
                intake()
            case ["worker"]:
                sys.exit(worker())
            case _:
                from ops.cli import app

                app()
    except ConfigurationError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)  # noqa: T201 - the answer of a command line
        sys.exit(os.EX_CONFIG)
    except StoreUnavailable as error:
        print(f"REDIS_URL: the server does not answer: {error}", file=sys.stderr)  # noqa: T201 - as above
        sys.exit(os.EX_TEMPFAIL)

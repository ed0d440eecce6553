"""Starts a command; a process that serves is started past the command line."""

import os
import signal
import sys

from clinic.errors import ConfigurationError, StoreUnavailable, UnsafeForNow
from ops import serving


def open_streams() -> None:
    """Open what was closed of our three streams: else a file or a socket takes its number, and libraries stumble."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            # It gets the lowest number that is free, which is the stream's: those below are open by now.
            opened = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(opened, True)
            setattr(sys, name, os.fdopen(opened, "w" if number else "r", closefd=False))


def main() -> None:
    """Run a command; faults of the configuration are lines, and an exit code of sysexits.

    78 (EX_CONFIG) is for those that only a person's edit can mend: whoever keeps us running need not try again. What
    may be mended without one is 75 (EX_TEMPFAIL).
    """
    open_streams()
    try:
        match sys.argv[1:]:
            case ["intake"]:
                serving.intake()
            case ["worker"]:
                sys.exit(serving.worker())
            case _:
                from ops.cli import app

                app()
    except ConfigurationError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)  # noqa: T201 - the answer of a command line
        sys.exit(os.EX_TEMPFAIL if isinstance(error, UnsafeForNow) else os.EX_CONFIG)
    except StoreUnavailable as error:
        cure = "see that it runs, with room on its disk, and that REDIS_URL leads to it (docs/operations.md, StoreAway)"
        print(f"REDIS_URL: the server does not answer: {error}\n{cure}", file=sys.stderr)  # noqa: T201 - as above
        sys.exit(os.EX_TEMPFAIL)
    except KeyboardInterrupt:
        # Whatever has begun ends in its own way: this comes while a command is still being read, and is no fault.
        sys.exit(128 + signal.SIGINT)

"""Ties a process to its supervisor: it asks the kernel to be killed when the supervisor dies, then becomes the command.

A supervisor that is itself killed (SIGKILL, out of memory) can stop nothing any more, and what it started would live on
and hold its ports and files. The end is a SIGKILL, because nobody is left to follow a polite one up; what it interrupts
is what the diary is there to repair. The kernel keeps the wish across exec (prctl(2), PR_SET_PDEATHSIG), so this file
vanishes from the process list. It runs as a script of its own and not in `preexec_fn`, where Python warns of deadlocks.
Other systems than Linux have no such wish: there the tether does nothing.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def tether(supervisor: int, command: list[str]) -> None:
    """Become `command` (a program and its arguments), as a child that dies with the process `supervisor`."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != supervisor:  # it died before the wish was made
            sys.exit(1)
    try:
        os.execvp(command[0], command)
    except OSError as error:
        sys.exit(f"{command[0]} can't be started: {error.strerror}: install it or correct its path")


if __name__ == "__main__":
    tether(int(sys.argv[1]), sys.argv[2:])
